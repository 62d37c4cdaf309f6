/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExitNoteTest {
    private static final StackTraceElement FRAME =
            new StackTraceElement("plugins", "com.acme", "1.0", "com.acme.Job", "quit", "Job.java", 7);
    private static final StackTraceElement BARE = new StackTraceElement("Main", "main", null, -1);

    @TempDir
    Path folder;

    @Test
    void read_whatWasWritten_isTheSame() throws IOException {
        Path file = folder.resolve("exit");
        ExitNote note = new ExitNote("a thread's näme", List.of(FRAME, BARE));

        note.write(file);

        assertThat(ExitNote.read(file)).isEqualTo(note);
        assertThat(note.isBySignal()).isFalse();
    }

    @Test
    void read_frameOfTheApplication_isWrittenAsInStackTraces() throws IOException {
        Path file = folder.resolve("exit");
        new ExitNote(
                        "thread",
                        List.of(
                                new StackTraceElement("app", null, null, "com.acme.Job", "quit", "Job.java", 7),
                                new StackTraceElement(
                                        null, "java.base", "17.0.15", "java.lang.System", "exit", "System.java", 8)))
                .write(file);

        ExitNote note = ExitNote.read(file);

        assertThat(note).isNotNull();
        assertThat(note.frames().stream().map(StackTraceElement::toString))
                .containsExactly("com.acme.Job.quit(Job.java:7)", "java.base/java.lang.System.exit(System.java:8)");
    }

    @Test
    void read_noFile_isNull() throws IOException {
        assertThat(ExitNote.read(folder.resolve("exit"))).isNull();
    }

    /** A worker that is killed while it writes was on its way out all the same. */
    @Test
    void read_fileCutAnywhere_isANoteThatSaysNothing() throws IOException {
        Path file = folder.resolve("exit");
        new ExitNote("thread", List.of(FRAME, BARE)).write(file);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));

            assertThat(ExitNote.read(file)).isEqualTo(new ExitNote("", List.of()));
        }
    }

    @Test
    void write_deepStack_keepsTheInnermostFrames() throws IOException {
        Path file = folder.resolve("exit");
        List<StackTraceElement> deep = new ArrayList<>(List.of(FRAME));
        deep.addAll(Collections.nCopies(5_000, BARE));

        new ExitNote("thread", deep).write(file);

        ExitNote note = ExitNote.read(file);
        assertThat(note).isNotNull();
        assertThat(note.frames()).hasSize(100).startsWith(FRAME);
    }

    @Test
    void isBySignal_stackOfTheJdksHandler_isTrue() {
        StackTraceElement handler = new StackTraceElement("java.lang.Terminator$1", "handle", "Terminator.java", 52);

        assertThat(new ExitNote("SIGTERM handler", List.of(BARE, handler)).isBySignal())
                .isTrue();
    }
}
