/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.OutOfMemoryDetails;
import io.loky.OutOfMemoryKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeapHistogramTest {

    @Test
    void parse_answerOfTheJvm_isOneLineForEachClass() {
        assertThat(HeapHistogram.parse("""
                 num     #instances         #bytes  class name (module)
                -------------------------------------------------------
                   1:           200       52428800  [B (java.base@17.0.15)
                   2:           100           1600  com.acme.Order
                   3:             7            112  [[Lcom.acme.Order;
                Total           307       52430512
                """))
                .containsExactly(
                        "52428800 bytes in 200 objects of byte[]",
                        "1600 bytes in 100 objects of com.acme.Order",
                        "112 bytes in 7 objects of com.acme.Order[][]");
    }

    @Test
    void parse_somethingElse_isNothing() {
        assertThat(HeapHistogram.parse("")).isEmpty();
        assertThat(HeapHistogram.parse("no such command\n:\n1: 2")).isEmpty();
    }

    @Test
    void judged_muchLessThanWasInUse_isNoneAndSaysWhy() {
        String answer = "   1:  200  1000  [B (java.base@17.0.15)\nTotal  200  1000\n";

        assertThat(HeapHistogram.judged(answer, 2000).lines()).containsExactly("1000 bytes in 200 objects of byte[]");
        HeapHistogram.Taken dropped = HeapHistogram.judged(answer, 64 << 20);
        assertThat(dropped.lines()).isEmpty();
        assertThat(MemoryShortage.detail(dropped.whyNone()))
                .endsWith(" (its classes are not listed: the garbage was collected before it could be counted)");
    }

    @Test
    void judged_answerWithoutATotal_isWhatItLists() {
        assertThat(HeapHistogram.judged("   1:  200  1000  [B\n", 64 << 20).lines())
                .hasSize(1);
    }

    /** The heap of this JVM. */
    @Test
    void take_thisJvm_namesTheLargestClasses() {
        List<String> lines = HeapHistogram.take().lines();

        assertThat(lines).hasSize(20).allMatch(line -> line.matches("\\d+ bytes in \\d+ objects of \\S+"));
        assertThat(String.join("\n", lines)).contains("objects of byte[]");
    }

    @Test
    void leave_fullHeap_isInTheFile(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("histogram");

        HeapHistogram.leave(new OutOfMemoryError("Java heap space"), file);

        assertThat(Files.readAllLines(file)).hasSize(20);
    }

    @Test
    void leave_otherMemory_leavesNothing(@TempDir Path folder) {
        Path file = folder.resolve("histogram");

        HeapHistogram.leave(new OutOfMemoryError("Metaspace"), file);

        assertThat(file).doesNotExist();
    }

    /** The JVM's own instances take no suppressed throwables, so the task's error is one like it. */
    @Test
    void explained_errorOfTheJvm_isOneLikeItWithDetails() {
        OutOfMemoryError error = new OutOfMemoryError("Java heap space");

        Throwable explained = MemoryShortage.explained(error, error, OutOfMemoryKind.HEAP);

        assertThat(explained).isExactlyInstanceOf(OutOfMemoryError.class).hasMessage("Java heap space");
        assertThat(explained.getStackTrace()).isEqualTo(error.getStackTrace());
        assertThat(explained.getSuppressed())
                .singleElement()
                .isInstanceOfSatisfying(
                        OutOfMemoryDetails.class,
                        details -> assertThat(details.histogram()).hasSize(20));
    }

    /** What the user throws stays what it is. */
    @Test
    void explained_exceptionOfTheUser_isTheSameWithDetails() {
        OutOfMemoryError error = new OutOfMemoryError("Metaspace");
        IllegalStateException thrown = new IllegalStateException("wrapped", error);

        assertThat(MemoryShortage.in(thrown)).isSameAs(error);
        assertThat(MemoryShortage.explained(thrown, error, OutOfMemoryKind.METASPACE))
                .isSameAs(thrown);
        assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(OutOfMemoryDetails.class);
    }
}
