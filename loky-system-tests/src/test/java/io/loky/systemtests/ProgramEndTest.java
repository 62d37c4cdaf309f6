/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.Loky;
import io.loky.ProcessPoolExecutor;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that end without closing their pool, or are written without a guard around it. */
class ProgramEndTest {
    @RegisterExtension
    final Pools pools = new Pools();

    /** The program ends when it wants to, with its own exit code, prints nothing else, and leaves nothing. */
    @ParameterizedTest
    @CsvSource({"exit, 7", "halt, 8"})
    void program_endsWithoutShutdown_endsAtOnceAndLeavesNothing(String how, int exitCode) throws Exception {
        try (ChildJvm program = ChildJvm.start(Program.class, how)) {
            assertThat(program.exitCode()).as("%s", program).isEqualTo(exitCode);

            OrphanTest.assertNothingIsLeftWithin5Seconds(program.pid());
            assertThat(program.out()).isEqualTo("result 42\n");
            assertThat(program.err()).isEmpty();
        }
    }

    /** Ctrl-C reaches parent and workers at once: the program ends, and its workers with it. */
    @Test
    void program_interruptedFromTheTerminal_endsAndLeavesNoWorker() throws Exception {
        try (ChildJvm program = ChildJvm.start(Program.class, "wait")) {
            program.awaitOut("waiting");

            interruptGroup(program);

            assertThat(program.exitCode()).isEqualTo(130);
            Await.untilWithin(
                    5,
                    "no worker is left",
                    () -> Processes.workersOf(program.pid()).isEmpty(),
                    () -> Processes.workersOf(program.pid()).toString());
        }
    }

    /**
     * The parent ends while it starts workers: whoever of the two has made the directory of one, it is removed. Ctrl-C meets this nearly every time, because the parent replaces the workers that die before itself.
     */
    @Test
    void program_endsWhileAWorkerIsBeingStarted_leavesNoDirectory() throws Exception {
        try (ChildJvm program = ChildJvm.start(Program.class, "wait")) {
            program.awaitOut("waiting");

            interruptGroup(program);

            assertThat(program.exitCode()).isEqualTo(130);
            OrphanTest.assertNothingIsLeftWithin5Seconds(program.pid());
        }
    }

    private static void interruptGroup(ChildJvm program) throws Exception {
        for (long worker : Processes.workersOf(program.pid())) {
            Processes.signal("INT", worker);
        }
        Processes.signal("INT", program.pid());
    }

    /** A class whose static initialiser makes a pool is loaded in the workers as well; main runs once. */
    @Test
    void program_withPoolInAStaticField_runsMainOnce() throws Exception {
        try (ChildJvm program = ChildJvm.start(StaticPoolProgram.class)) {
            assertThat(program.exitCode()).as("%s", program).isZero();
            assertThat(program.out()).isEqualTo("main\nresult 43\n");
            assertThat(program.err()).isEmpty();
            OrphanTest.assertNothingIsLeftWithin5Seconds(program.pid());
        }
    }

    /** One whose static initialiser also waits for a task of its own ends in an error that names the limit. */
    @Test
    void program_withTaskInAStaticInitialiser_endsAtTheNestingLimit() throws Exception {
        try (ChildJvm program = ChildJvm.of(RecursiveProgram.class)
                .environment(Map.of("LOKY_MAX_DEPTH", "2"))
                .start()) {
            assertThat(program.exitCode()).as("%s", program).isEqualTo(1);
            assertThat(program.err()).contains("nesting depth").contains("LOKY_MAX_DEPTH");
            assertThat(program.out()).isEmpty();
            OrphanTest.assertNothingIsLeftWithin5Seconds(program.pid());
        }
    }

    /** Uses the reusable executor, leaves two tasks running and two waiting, and ends as the argument says. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) throws Exception {
            ProcessPoolExecutor pool = Loky.getReusableExecutor(2);
            System.out.println("result " + pool.submit(() -> 42).get());
            for (int i = 0; i < 4; i++) {
                pool.execute(() -> TimeUnit.MINUTES.sleep(10));
            }
            Await.until("both workers are busy", () -> pool.snapshot().runningTasks() == 2);
            switch (args[0]) {
                case "exit" -> System.exit(7);
                case "halt" -> Runtime.getRuntime().halt(8);
                case "wait" -> {
                    System.out.println("waiting");
                    TimeUnit.MINUTES.sleep(10);
                }
                default -> throw new IllegalArgumentException(args[0]);
            }
        }
    }

    /** Not the way to do it, but common. */
    static final class StaticPoolProgram {
        private static final ProcessPoolExecutor POOL = ProcessPoolExecutor.create(1);

        private StaticPoolProgram() {}

        public static void main(String[] args) throws Exception {
            System.out.println("main");
            System.out.println("result " + POOL.submit(() -> 43).get());
            POOL.close();
        }
    }

    /** Cannot work: its task cannot be loaded without executing it first. */
    static final class RecursiveProgram {
        private static final ProcessPoolExecutor POOL = ProcessPoolExecutor.create(1);
        private static final int RESULT = result();

        private RecursiveProgram() {}

        private static int result() {
            try (POOL) {
                return POOL.submit(() -> 44).get();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        public static void main(String[] args) {
            System.out.println(RESULT);
        }
    }
}
