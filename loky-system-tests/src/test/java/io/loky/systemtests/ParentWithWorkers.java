/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.WorkerSnapshot;
import io.loky.systemtests.Offspring.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that has a worker in each state that there is, says so, and then ends as it is told. Its arguments are an
 * {@link Ending}, and a folder, in which each worker's pid is in the file that has the name of its state.
 */
final class ParentWithWorkers {
    /** Held until the end: a pool that is dropped kills the workers that it does not need. */
    private static final List<ProcessPoolExecutor> POOLS = new ArrayList<>();

    private ParentWithWorkers() {}

    /** What the program does once it is ready. */
    enum Ending {
        WAIT,
        RETURN,
        EXIT,
        HALT,
        CRASH;

        void end() throws Exception {
            switch (this) {
                case WAIT -> TimeUnit.MINUTES.sleep(10);
                case RETURN -> {}
                case EXIT -> System.exit(7);
                case HALT -> Runtime.getRuntime().halt(8);
                case CRASH -> NativeCrashTest.Crash.now();
            }
        }
    }

    /** What a worker is doing. */
    enum WorkerState {
        /** A task sleeps, and has started processes. */
        SLEEPING,

        /** A task computes, in a loop that has no call. */
        SPINNING,

        /** A task sleeps, and has left a shutdown hook that never ends. */
        HOOKED,

        /** A task interrupts all threads of its JVM, again and again, and has started processes. */
        INTERRUPTING,

        /** A task prints without end. */
        PRINTING,

        /** A task sleeps, in a process that is stopped. */
        STOPPED_BUSY,

        /** No task. */
        IDLE,

        /** No task, in a process that is stopped. */
        STOPPED_IDLE,

        /** Not ready yet. */
        STARTING,

        /** Not ready yet, in a process that is stopped. */
        STOPPED_STARTING;

        static final int BUSY = IDLE.ordinal();

        private void work(Offspring offspring) throws Exception {
            switch (this) {
                case SLEEPING -> offspring.start(Kind.CHILD, Kind.GRANDCHILD, Kind.ORPHAN, Kind.NESTED);
                case INTERRUPTING -> offspring.start(Kind.CHILD, Kind.ORPHAN);
                case HOOKED -> Runtime.getRuntime().addShutdownHook(new Thread(ParentWithWorkers::sleepOn));
                default -> {}
            }
        }

        private void workOn() {
            switch (this) {
                case SPINNING -> spin();
                case INTERRUPTING -> interruptAll();
                case PRINTING -> print();
                default -> sleepOn();
            }
        }
    }

    public static void main(String[] args) throws Exception {
        Ending ending = Ending.valueOf(args[0]);
        Path folder = Path.of(args[1]);
        ProcessPoolExecutor ready = pool(WorkerState.BUSY + 2);
        ready.prestart();
        Await.until(
                "ready",
                () -> ready.snapshot().workers().stream()
                        .allMatch(worker -> worker.state() == WorkerSnapshot.State.IDLE),
                ready::toString);
        Set<Long> idle = Pools.pids(ready);

        Offspring offspring = new Offspring(folder);
        Offspring ofInterrupter = new Offspring(Files.createDirectory(folder.resolve("interrupter")));
        for (WorkerState state : WorkerState.values()) {
            if (state.ordinal() < WorkerState.BUSY) {
                Gate working = new Gate(folder, "working-" + state);
                Offspring children = state == WorkerState.INTERRUPTING ? ofInterrupter : offspring;
                ready.execute(() -> {
                    state.work(children);
                    working.open();
                    state.workOn();
                });
                working.await();
                long pid = ready.snapshot().workers().stream()
                        .filter(worker -> worker.state() == WorkerSnapshot.State.BUSY)
                        .map(worker -> worker.pid().orElseThrow())
                        .filter(idle::remove)
                        .findFirst()
                        .orElseThrow();
                if (state == WorkerState.STOPPED_BUSY) {
                    Processes.stop(pid);
                }
                announce(folder, state, pid);
            }
        }
        for (long pid : idle) {
            if (Files.exists(folder.resolve(WorkerState.IDLE.name()))) {
                Processes.stop(pid);
                announce(folder, WorkerState.STOPPED_IDLE, pid);
            } else {
                announce(folder, WorkerState.IDLE, pid);
            }
        }
        long frozen = startOne();
        Processes.stop(frozen);
        announce(folder, WorkerState.STOPPED_STARTING, frozen);
        announce(folder, WorkerState.STARTING, startOne());
        System.out.println("READY");
        ending.end();
    }

    private static void announce(Path folder, WorkerState state, long pid) throws Exception {
        Files.writeString(folder.resolve(state.name()), Long.toString(pid));
    }

    /** A worker whose process is a JVM by now, and not ready. */
    private static long startOne() throws Exception {
        ProcessPoolExecutor pool = pool(1);
        pool.prestart();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Await.until(
                "a JVM",
                () -> Pools.pids(pool).stream()
                        .anyMatch(pid -> Processes.commandLine(pid).startsWith(java)));
        return Pools.pids(pool).iterator().next();
    }

    private static ProcessPoolExecutor pool(int workers) {
        ProcessPoolExecutor pool = ProcessPoolExecutor.create(ProcessPoolOptions.builder()
                .maxWorkers(workers)
                .idleTimeout(Duration.ofHours(1))
                .build());
        POOLS.add(pool);
        return pool;
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

    private static void interruptAll() {
        for (; ; ) {
            Thread.getAllStackTraces().keySet().forEach(Thread::interrupt);
        }
    }

    /** A megabyte a second: enough to fill a pipe that nobody reads, and not the memory of the test that reads it. */
    private static void print() {
        for (; ; ) {
            System.out.println("x".repeat(1000));
            LockSupport.parkNanos(1_000_000);
        }
    }
}
