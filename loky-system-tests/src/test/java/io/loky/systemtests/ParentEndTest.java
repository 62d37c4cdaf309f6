/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import io.loky.systemtests.ParentWithWorkers.Ending;
import io.loky.systemtests.ParentWithWorkers.WorkerState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However a parent ends and whatever its workers are doing: nothing of them is left 5 s later. */
class ParentEndTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    @AfterEach
    void killWhatIsLeft() throws Exception {
        for (WorkerState state : WorkerState.values()) {
            if (Files.exists(folder.resolve(state.name()))) {
                Processes.killIfAlive(pid(state));
            }
        }
        for (Offspring offspring : offspring()) {
            offspring.kill();
        }
    }

    private ChildJvm start(Ending ending) throws Exception {
        ChildJvm parent = ChildJvm.of(ParentWithWorkers.class)
                .ownGroup()
                .jvmArgs("-XX:ErrorFile=" + folder.resolve("crash.log"), "-XX:-CreateCoredumpOnCrash")
                .jvmArgs(NativeCrashTest.Crash.jvmArgs().toArray(String[]::new))
                .args(ending.name(), folder.toString())
                .start();
        parent.awaitOut("READY");
        return parent;
    }

    private long pid(WorkerState state) throws Exception {
        return Long.parseLong(Files.readString(folder.resolve(state.name())));
    }

    private List<WorkerState> alive() throws Exception {
        List<WorkerState> alive = new ArrayList<>();
        for (WorkerState state : WorkerState.values()) {
            if (Processes.isAlive(pid(state))) {
                alive.add(state);
            }
        }
        return alive;
    }

    private void assertNothingIsLeftOf(ChildJvm parent) throws Exception {
        Await.untilWithin(
                5,
                "no worker, no directory and no process of a task is left",
                () -> alive().isEmpty()
                        && Processes.workersOf(parent.pid()).isEmpty()
                        && Processes.directoriesOf(parent.pid()).isEmpty(),
                () -> {
                    try {
                        return "workers that are alive: " + alive() + ", directories: "
                                + Processes.contentsOf(parent.pid()) + ", of tasks: " + offspring();
                    } catch (Exception e) {
                        return e.toString();
                    }
                });
        for (Offspring offspring : offspring()) {
            offspring.assertGone();
        }
    }

    /** Of the tasks that have some, if it has come to that. */
    private List<Offspring> offspring() throws Exception {
        Path interrupter = folder.resolve("interrupter");
        return Files.exists(interrupter) ? List.of(new Offspring(folder), new Offspring(interrupter)) : List.of();
    }

    /** The program ends itself, while tasks are running that never would. */
    @ParameterizedTest
    @CsvSource({"EXIT, 7", "HALT, 8"})
    void program_endsItself_nothingIsLeft(Ending ending, int exitCode) throws Exception {
        try (ChildJvm parent = start(ending)) {
            assertThat(parent.exitCode()).isEqualTo(exitCode);

            assertNothingIsLeftOf(parent);
            assertNothingWasPrintedBy(parent);
        }
    }

    /** The JVM of the program crashes. */
    @Test
    void program_crashes_nothingIsLeft() throws Exception {
        try (ChildJvm parent = start(Ending.CRASH)) {
            assertThat(parent.exitCode()).isNotZero();

            assertNothingIsLeftOf(parent);
            assertThat(Files.exists(folder.resolve("crash.log"))).isTrue();
        }
    }

    /** Somebody ends the program by a signal that it can handle. */
    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130", "HUP, 129"})
    void program_getsASignal_nothingIsLeft(String signal, int exitCode) throws Exception {
        try (ChildJvm parent = start(Ending.WAIT)) {
            Processes.signal(signal, parent.pid());

            assertThat(parent.exitCode()).isEqualTo(exitCode);
            assertNothingIsLeftOf(parent);
            assertNothingWasPrintedBy(parent);
        }
    }

    /** Ctrl-C: the whole foreground group of the terminal gets the signal. */
    @Test
    void program_getsCtrlC_nothingIsLeft() throws Exception {
        try (ChildJvm parent = start(Ending.WAIT)) {
            Processes.signalGroup("INT", parent.pid());

            assertThat(parent.exitCode()).isEqualTo(130);
            assertNothingIsLeftOf(parent);
            assertNothingWasPrintedBy(parent);
        }
    }

    /** Its main method has returned, and the JVM waits for tasks that never end: a signal still ends it. */
    @Test
    void program_hasReturnedFromMainAndGetsASignal_nothingIsLeft() throws Exception {
        try (ChildJvm parent = start(Ending.RETURN)) {
            Processes.signal("TERM", parent.pid());

            assertThat(parent.exitCode()).isEqualTo(143);
            assertNothingIsLeftOf(parent);
            assertNothingWasPrintedBy(parent);
        }
    }

    /** The program has no time for anything. */
    @Test
    void program_isKilled_nothingIsLeft() throws Exception {
        try (ChildJvm parent = start(Ending.WAIT)) {
            parent.kill();

            assertNothingIsLeftOf(parent);
        }
    }

    /** A program that was stopped before it was killed. */
    @Test
    void program_isStoppedAndKilled_nothingIsLeft() throws Exception {
        try (ChildJvm parent = start(Ending.WAIT)) {
            Processes.stop(parent.pid());
            parent.kill();

            assertNothingIsLeftOf(parent);
        }
    }

    /**
     * A worker died, and its parent before it could kill what that one had started and remove its files: another worker, which
     * lives, does.
     */
    @Test
    void program_isKilledRightAfterAWorkerDied_nothingIsLeft() throws Exception {
        try (ChildJvm parent = start(Ending.WAIT)) {
            Processes.stop(parent.pid());
            Processes.kill(pid(WorkerState.SPINNING));
            Processes.kill(pid(WorkerState.SLEEPING));
            Processes.kill(pid(WorkerState.STOPPED_STARTING));
            parent.kill();

            assertNothingIsLeftOf(parent);
        }
    }

    /** The worker of a nested pool died, and the one that has started it learns of that and of its parent's end at once. */
    @Test
    void program_isKilledRightAfterANestedWorkerDied_nothingIsLeft() throws Exception {
        try (ChildJvm parent = start(Ending.WAIT)) {
            Processes.stop(pid(WorkerState.SLEEPING));
            Processes.kill(new Offspring(folder).pid(Offspring.Kind.NESTED));
            parent.kill();
            Await.until("it is dead", () -> !Processes.isAlive(parent.pid()));
            Processes.continueIfAlive(pid(WorkerState.SLEEPING));

            assertNothingIsLeftOf(parent);
        }
    }

    /** Killed as soon as one, two, three or four workers have a process, none of which is ready. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void program_isKilledWhileWorkersStart_nothingIsLeft(int workers) throws Exception {
        try (ChildJvm parent = ChildJvm.start(Starting.class)) {
            Await.until("processes", () -> Processes.workersOf(parent.pid()).size() >= workers, parent::toString);

            parent.kill();

            Processes.assertNothingIsLeftOf(parent.pid());
        }
    }

    /** The same, ended in an orderly way while it starts workers. */
    @ParameterizedTest
    @EnumSource(
            value = Ending.class,
            names = {"EXIT", "RETURN", "HALT"})
    void program_endsItselfWhileWorkersStart_nothingIsLeft(Ending ending) throws Exception {
        try (ChildJvm parent = ChildJvm.start(Starting.class, ending.name())) {
            assertThat(parent.exitCode()).isIn(0, 7, 8);

            Processes.assertNothingIsLeftOf(parent.pid());
            assertNothingElseWasPrinted(parent, "");
        }
    }

    private static void assertNothingWasPrintedBy(ChildJvm parent) {
        assertNothingElseWasPrinted(parent, "READY\n");
    }

    private static void assertNothingElseWasPrinted(ChildJvm parent, String out) {
        assertThat(parent.out()).isEqualTo(out);
        // one of the tasks prints
        assertThat(parent.err().lines().filter(line -> !line.matches("x*"))).isEmpty();
    }

    /** Starts workers, and ends or waits. */
    static final class Starting {
        private Starting() {}

        public static void main(String[] args) throws Exception {
            ProcessPoolExecutor pool = ProcessPoolExecutor.create(4);
            pool.prestart();
            if (args.length == 0) {
                Ending.WAIT.end();
            } else {
                Await.until("a process", () -> !Pools.pids(pool).isEmpty());
                Ending.valueOf(args[0]).end();
            }
        }
    }
}
