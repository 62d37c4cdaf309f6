/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import io.loky.WorkerSnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A parent that is killed, and has no time to clean up: its workers end within 5 s, whatever they are doing. */
class OrphanTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    static void assertNothingIsLeftWithin5Seconds(long parentPid) throws Exception {
        Await.untilWithin(
                5,
                "no worker and no directory of parent " + parentPid + " is left",
                () -> Processes.workersOf(parentPid).isEmpty()
                        && Processes.directoriesOf(parentPid).isEmpty(),
                () -> Processes.workersOf(parentPid).stream()
                                .map(Processes::commandLine)
                                .toList()
                        + ", " + Processes.directoriesOf(parentPid));
    }

    /** Whatever the workers do: nothing of them is left. */
    @ParameterizedTest
    @ValueSource(strings = {"idle", "spinning", "sleeping", "hooked", "streaming"})
    void parentKilled_workersReady_nothingIsLeftAfter5Seconds(String mode) throws Exception {
        try (ChildJvm parent = ChildJvm.start(Parent.class, mode)) {
            parent.awaitOut("READY");
            assertThat(Processes.workersOf(parent.pid())).hasSize(2);
            assertThat(Processes.directoriesOf(parent.pid())).hasSize(2);

            parent.kill();

            assertNothingIsLeftWithin5Seconds(parent.pid());
        }
    }

    /**
     * Killed as soon as one, two, three or four workers have a process, none of which is ready. Nothing is said of
     * directories here: one may have been made for a worker that had no process yet (see ProgramEndTest).
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void parentKilled_workersStarting_noWorkerIsLeftAfter5Seconds(int workers) throws Exception {
        try (ChildJvm parent = ChildJvm.start(Parent.class, "starting")) {
            Await.until("processes", () -> Processes.workersOf(parent.pid()).size() >= workers, parent::toString);

            parent.kill();

            Await.untilWithin(
                    5,
                    "no worker is left",
                    () -> Processes.workersOf(parent.pid()).isEmpty(),
                    () -> Processes.workersOf(parent.pid()).toString());
        }
    }

    /** Workers that are frozen when their parent dies end as soon as they are let go. */
    @Test
    void parentKilled_workerStopped_endsWhenItContinues() throws Exception {
        try (ChildJvm parent = ChildJvm.start(Parent.class, "idle")) {
            parent.awaitOut("READY");
            List<Long> workers = Processes.workersOf(parent.pid());
            for (long worker : workers) {
                Processes.signal("STOP", worker);
            }
            parent.kill();

            for (long worker : workers) {
                Processes.signal("CONT", worker);
            }

            assertNothingIsLeftWithin5Seconds(parent.pid());
        }
    }

    /** A parent with two workers that do what the argument says. */
    static final class Parent {
        private Parent() {}

        public static void main(String[] args) throws Exception {
            ProcessPoolExecutor pool = ProcessPoolExecutor.create(args[0].equals("starting") ? 4 : 2);
            pool.prestart();
            if (!args[0].equals("starting")) {
                Await.until(
                        "ready",
                        () -> pool.snapshot().workers().stream()
                                .allMatch(worker -> worker.state() == WorkerSnapshot.State.IDLE));
            }
            Path folder = Files.createTempDirectory("orphan-test-");
            Gate[] started = {new Gate(folder, "0"), new Gate(folder, "1")};
            for (Gate gate : started) {
                switch (args[0]) {
                    case "spinning" ->
                        pool.execute(() -> {
                            gate.open();
                            spin();
                        });
                    case "sleeping" ->
                        pool.execute(() -> {
                            gate.open();
                            sleepOn();
                        });
                    case "hooked" ->
                        pool.execute(() -> {
                            Runtime.getRuntime().addShutdownHook(new Thread(Parent::sleepOn));
                            gate.open();
                            sleepOn();
                        });
                    case "streaming" ->
                        pool.execute(() -> {
                            gate.open();
                            for (; ; ) {
                                System.out.println("x".repeat(1000));
                            }
                        });
                    default -> gate.open();
                }
            }
            for (Gate gate : started) {
                gate.await();
            }
            Files.delete(folder.resolve("0"));
            Files.delete(folder.resolve("1"));
            Files.delete(folder);
            System.out.println("READY");
            sleepOn();
        }

        /** Ignores interrupts, and everything else. */
        private static void sleepOn() {
            for (; ; ) {
                try {
                    Thread.sleep(600_000);
                } catch (InterruptedException e) {
                    // as it says
                }
            }
        }

        /** A counted loop, in which a JVM may have no safepoint. */
        private static void spin() {
            long sum = 0;
            for (; ; ) {
                for (int i = 0; i < Integer.MAX_VALUE; i++) {
                    sum += i ^ sum << 3;
                }
                if (sum == 42) {
                    System.out.println(sum);
                }
            }
        }
    }
}
