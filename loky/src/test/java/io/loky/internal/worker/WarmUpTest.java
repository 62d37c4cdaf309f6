/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolOptions.Receipts;
import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.LoaderNumber;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.ShellVariable;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.codec.TaskHeader;
import io.loky.internal.execution.Meter;
import io.loky.internal.execution.TaskClasses;
import io.loky.internal.worker.classes.Mirrors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WarmUpTest {
    private final List<Object> asked = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();

    /** Asks nobody for the library's classes, and would fail with a {@code NullPointerException} if it did. */
    @SuppressWarnings("NullAway")
    private final Mirrors mirrors = new Mirrors(
            question -> {
                asked.add(question);
                return null;
            },
            loader -> {});

    private final WarmUp warmUp = new WarmUp(mirrors, Meter.OFF, failures::add);

    /** If this fails the format of tasks has changed: put the text that was found into {@link WarmUpTask}. */
    @ParameterizedTest
    @EnumSource
    void message_eachTask_isWhatTheCodecWrites(WarmUpTask task) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TaskHeader.write(LoaderNumber.APP, List.of(), bytes);
        TaskCall.of(task.task()).write(new ObjectCodec(mirrors), bytes);

        assertThat(Base64.getEncoder().encodeToString(bytes.toByteArray()))
                .isEqualTo(Base64.getEncoder().encodeToString(task.message()));
    }

    @Test
    void runUntil_nothingComes_allTasksAreAnsweredAsTheyShould() throws IOException {
        AtomicInteger looks = new AtomicInteger();

        warmUp.runUntil(millis -> looks.incrementAndGet() < 0);

        assertThat(looks).hasValue(WarmUpTask.values().length);
        assertThat(failures).isEmpty();
    }

    /** What a meter needs it loads here, and not in a first task. */
    @Test
    void runUntil_withAMeter_measuresAsItWillLater() throws IOException {
        WarmUp measuring = new WarmUp(mirrors, Meter.of(Receipts.FULL, false), failures::add);

        measuring.runUntil(millis -> false);

        assertThat(failures).isEmpty();
    }

    @Test
    void runUntil_nothingComes_leavesNoTrace() throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        Properties properties = (Properties) System.getProperties().clone();
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream capture = new PrintStream(printed, true);
        System.setOut(capture);
        System.setErr(capture);
        try {
            thread.setContextClassLoader(ClassLoader.getSystemClassLoader());

            warmUp.runUntil(millis -> false);

            assertThat(thread.getContextClassLoader()).isSameAs(ClassLoader.getSystemClassLoader());
            assertThat(System.out).isSameAs(capture);
            assertThat(System.err).isSameAs(capture);
        } finally {
            thread.setContextClassLoader(loader);
            System.setOut(out);
            System.setErr(err);
        }
        assertThat(printed.size()).isZero();
        assertThat(System.getProperties()).isEqualTo(properties);
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(started -> started.getName().startsWith(thread.getName() + "-"))
                .isSubsetOf(threads);
        assertThat(asked).isEmpty();
    }

    @Test
    void runUntil_somethingComes_stopsAndGoesOnLater() throws IOException {
        AtomicInteger looks = new AtomicInteger();

        warmUp.runUntil(millis -> looks.incrementAndGet() > 1);
        assertThat(looks).hasValue(2); // one task between the two

        warmUp.runUntil(millis -> looks.incrementAndGet() < 0);
        assertThat(looks).hasValue(2 + WarmUpTask.values().length - 1);
    }

    @Test
    void end_beforeTheLast_nothingMoreIsRun() throws IOException {
        warmUp.end();

        warmUp.runUntil(millis -> {
            throw new AssertionError("asked whether something has come, as if there were something to interrupt");
        });
        assertThat(failures).isEmpty();
    }

    @Test
    void runUntil_libraryIsNotFound_tellsOfEachAndThrowsNothing() throws IOException {
        WarmUp blind = new WarmUp(new Blind(mirrors), Meter.OFF, failures::add);

        blind.runUntil(millis -> false);

        assertThat(failures)
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("was answered with ERROR, not VALUE"));
    }

    /** As mirrors are, but for the loader of tasks. */
    private record Blind(Mirrors mirrors) implements TaskClasses {
        @Override
        public ClassNames plain() {
            return mirrors;
        }

        @Override
        public ClassLoader loader(int number) throws ClassNotFoundException {
            throw new ClassNotFoundException("loader " + number);
        }

        @Override
        public ClassNames seenFrom(ClassLoader loader) {
            return mirrors.seenFrom(loader);
        }

        @Override
        public void set(List<ShellVariable> variables, ClassLoader loader, ObjectCodec codec) {}
    }
}
