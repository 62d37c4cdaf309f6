/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Programs that make pools where a class is initialised, without a guard around it. */
class MainGuardTest {
    @RegisterExtension
    final Pools pools = new Pools();

    /** A class whose static initialiser makes a pool is loaded in the workers as well; main runs once. */
    @Test
    void program_withPoolInAStaticField_runsMainOnce() throws Exception {
        try (ChildJvm program = ChildJvm.start(StaticPoolProgram.class)) {
            assertThat(program.exitCode()).as("%s", program).isZero();
            assertThat(program.out()).isEqualTo("main\nresult 43\n");
            assertThat(program.err()).isEmpty();
            Processes.assertNothingIsLeftOf(program.pid());
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
            Processes.assertNothingIsLeftOf(program.pid());
        }
    }

    /** A task's class is initialised in the worker that runs it, once, and not for each task. */
    @Test
    void staticInitialiser_ofATasksClass_runsOncePerWorker() throws Exception {
        try (ChildJvm program = ChildJvm.start(CountingProgram.class)) {
            assertThat(program.exitCode()).as("%s", program).isZero();
            assertThat(program.out()).isEqualTo("initialised 1 in the parent, 1 in each of 2 workers\n");
        }
    }

    /** Asks each of two workers, several times, how often this class was initialised there. */
    static final class CountingProgram {
        private static int initialised;

        static {
            initialised++;
        }

        private CountingProgram() {}

        public static void main(String[] args) throws Exception {
            Set<Integer> counts = new TreeSet<>();
            int workers = 2;
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1);
                    ProcessPoolExecutor other = ProcessPoolExecutor.create(1)) {
                for (int i = 0; i < 5; i++) {
                    counts.add(pool.submit(() -> initialised).get());
                    counts.add(other.submit(() -> initialised).get());
                }
            }
            System.out.println("initialised " + initialised + " in the parent, "
                    + String.join(" or ", counts.stream().map(String::valueOf).toList()) + " in each of " + workers
                    + " workers");
        }
    }

    /** What the parent changed in a static field after its class was initialised, a worker does not see. */
    @Test
    void staticField_changedInTheParent_isNotSeenByWorkers() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        setting = "changed";

        assertThat(Await.result(pool.submit(() -> setting))).isEqualTo("initial");
    }

    private static String setting = "initial";

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
