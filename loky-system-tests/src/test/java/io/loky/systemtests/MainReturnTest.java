/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.Loky;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Programs that never close their pool: what they have submitted is finished, then they end by themselves. */
class MainReturnTest {
    private static final int TASKS = 8;

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private ChildJvm run(Deed deed) throws Exception {
        return ChildJvm.start(Program.class, deed.name(), folder.toString());
    }

    private List<String> opened() {
        String[] names = folder.toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    private static void assertEndedWell(ChildJvm program) throws Exception {
        assertThat(program.exitCode()).as("%s", program).isZero();
        Processes.assertNothingIsLeftOf(program.pid());
        assertThat(program.out()).isEqualTo("returning\n");
        assertThat(program.err()).isEmpty();
    }

    /** Eight tasks are pending: all of them are executed, those included that had not begun. */
    @ParameterizedTest
    @EnumSource(
            value = Deed.class,
            names = {"EIGHT_TASKS", "EIGHT_TASKS_OF_THE_REUSABLE_EXECUTOR", "EIGHT_TASKS_AND_SHUTDOWN"})
    void program_returnsWithPendingTasks_finishesThem(Deed deed) throws Exception {
        try (ChildJvm program = run(deed)) {
            assertEndedWell(program);

            assertThat(opened()).hasSize(TASKS);
        }
    }

    /** What hangs on a pending task is done too, and if that submits another task, that one as well. */
    @Test
    void program_returnsWithDependents_runsThem() throws Exception {
        try (ChildJvm program = run(Deed.DEPENDENTS)) {
            assertEndedWell(program);

            assertThat(opened()).containsExactlyInAnyOrder("accepted", "task-submitted-by-a-dependent", "at-the-end");
        }
    }

    /** Nothing is pending: idle and starting workers, whose time-out is an hour, keep nobody. */
    @ParameterizedTest
    @EnumSource(
            value = Deed.class,
            names = {"UNUSED_POOL", "IDLE_WORKERS", "STARTING_WORKERS", "CANCELLED_TASKS", "CLOSED_POOL"})
    void program_returnsWithNothingPending_endsPromptly(Deed deed) throws Exception {
        try (ChildJvm program = run(deed)) {
            program.awaitOut("returning");
            long before = System.nanoTime();
            int exitCode = program.exitCode();
            Duration took = Duration.ofNanos(System.nanoTime() - before);

            assertThat(exitCode).isZero();
            assertThat(took).isLessThan(Duration.ofSeconds(5));
            assertEndedWell(program);
        }
    }

    /** Tasks that cannot succeed are over when they have failed. */
    @ParameterizedTest
    @EnumSource(
            value = Deed.class,
            names = {"HALTING_TASK", "NO_WORKER_STARTS"})
    void program_returnsWithTasksThatFail_ends(Deed deed) throws Exception {
        try (ChildJvm program = run(deed)) {
            assertEndedWell(program);
        }
    }

    /** An exception that leaves main is the program's own affair: what is pending is finished all the same. */
    @Test
    void program_throwsFromMain_finishesPendingTasksAndExits1() throws Exception {
        try (ChildJvm program = run(Deed.THROW)) {
            assertThat(program.exitCode()).as("%s", program).isEqualTo(1);

            assertThat(opened()).hasSize(TASKS);
            assertThat(program.err()).contains("IllegalStateException: the program's own");
            Processes.assertNothingIsLeftOf(program.pid());
        }
    }

    /** System.exit does not wait, from wherever it is called. */
    @ParameterizedTest
    @EnumSource(
            value = Deed.class,
            names = {"EXIT", "EXIT_IN_A_DEPENDENT", "EXIT_AFTER_SHUTDOWN"})
    void program_exitsWithPendingTasks_doesNotWait(Deed deed) throws Exception {
        try (ChildJvm program = run(deed)) {
            assertThat(program.exitCode()).as("%s", program).isEqualTo(7);

            Processes.assertNothingIsLeftOf(program.pid());
            assertThat(program.out()).isEmpty();
            assertThat(program.err()).isEmpty();
        }
    }

    /** Code that runs while the JVM exits gets an answer when it submits: no task, and no endless wait. */
    @Test
    void program_submitsInAShutdownHook_isAnsweredAndEnds() throws Exception {
        try (ChildJvm program = run(Deed.SUBMIT_IN_A_HOOK)) {
            assertThat(program.exitCode()).as("%s", program).isEqualTo(7);

            Processes.assertNothingIsLeftOf(program.pid());
            assertThat(program.out()).isEqualTo("refused\n");
            assertThat(program.err()).isEmpty();
            assertThat(opened()).isEmpty();
        }
    }

    /** What a program does before its main method returns. */
    private enum Deed {
        EIGHT_TASKS,
        EIGHT_TASKS_OF_THE_REUSABLE_EXECUTOR,
        EIGHT_TASKS_AND_SHUTDOWN,
        DEPENDENTS,
        UNUSED_POOL,
        IDLE_WORKERS,
        STARTING_WORKERS,
        CANCELLED_TASKS,
        CLOSED_POOL,
        HALTING_TASK,
        NO_WORKER_STARTS,
        THROW,
        EXIT,
        EXIT_IN_A_DEPENDENT,
        EXIT_AFTER_SHUTDOWN,
        SUBMIT_IN_A_HOOK
    }

    /** Does a deed, and returns from main. */
    static final class Program {
        private final Path folder;
        private final ProcessPoolExecutor pool = pool(ProcessPoolOptions.builder());

        private Program(Path folder) {
            this.folder = folder;
        }

        public static void main(String[] args) throws Exception {
            new Program(Path.of(args[1])).act(Deed.valueOf(args[0]));
            System.out.println("returning");
        }

        private static ProcessPoolExecutor pool(ProcessPoolOptions.Builder builder) {
            return ProcessPoolExecutor.create(
                    builder.maxWorkers(4).idleTimeout(Duration.ofHours(1)).build());
        }

        private void act(Deed deed) throws Exception {
            switch (deed) {
                case EIGHT_TASKS -> submitEight(pool);
                case EIGHT_TASKS_OF_THE_REUSABLE_EXECUTOR -> submitEight(Loky.getReusableExecutor(4));
                case EIGHT_TASKS_AND_SHUTDOWN -> {
                    submitEight(pool);
                    pool.shutdown();
                }
                case DEPENDENTS -> addDependents();
                case UNUSED_POOL -> {}
                case IDLE_WORKERS -> {
                    pool.prestart();
                    Pools.awaitIdle(pool, 4);
                }
                case STARTING_WORKERS -> pool.prestart();
                case CANCELLED_TASKS -> cancelTwo();
                case CLOSED_POOL -> {
                    submitEight(pool);
                    pool.close();
                }
                case HALTING_TASK -> {
                    TaskFuture<?> unused =
                            pool.submit(() -> Runtime.getRuntime().halt(9));
                }
                case NO_WORKER_STARTS -> {
                    TaskFuture<?> unused = pool(ProcessPoolOptions.builder().jvmArgs(List.of("-XX:+NoSuchFlag")))
                            .submit(() -> 1);
                }
                case THROW -> {
                    submitEight(pool);
                    throw new IllegalStateException("the program's own");
                }
                case EXIT -> {
                    submitEndless();
                    System.exit(7);
                }
                case EXIT_IN_A_DEPENDENT -> {
                    submitEndless();
                    pool(ProcessPoolOptions.builder()).submit(() -> 7).thenAccept(System::exit);
                    Thread.sleep(600_000);
                }
                case EXIT_AFTER_SHUTDOWN -> {
                    submitEndless();
                    pool.shutdown();
                    System.exit(7);
                }
                case SUBMIT_IN_A_HOOK -> {
                    submitEndless();
                    Runtime.getRuntime().addShutdownHook(new Thread(this::submitUntilRefused));
                    System.exit(7);
                }
            }
        }

        private void submitEight(ProcessPoolExecutor executor) {
            for (int i = 0; i < TASKS; i++) {
                Gate done = new Gate(folder, "task-" + i);
                TaskFuture<?> unused = executor.submit(() -> {
                    Thread.sleep(100);
                    done.open();
                });
            }
        }

        private void addDependents() {
            Gate accepted = new Gate(folder, "accepted");
            Gate another = new Gate(folder, "task-submitted-by-a-dependent");
            Gate end = new Gate(folder, "at-the-end");
            TaskFuture<Integer> task = pool.submit(() -> {
                Thread.sleep(200);
                return 1;
            });
            task.thenAccept(value -> accepted.open());
            task.thenCompose(value -> pool.submit(() -> {
                        Thread.sleep(100);
                        another.open();
                    }))
                    .thenRun(end::open);
        }

        private void cancelTwo() throws Exception {
            TaskFuture<?> running = pool.submit(() -> Thread.sleep(600_000));
            Await.until("it runs", () -> running.status() == TaskFuture.Status.RUNNING);
            running.cancel(true);
            pool.submit(() -> Thread.sleep(600_000)).cancel(true);
        }

        private void submitEndless() throws Exception {
            for (int i = 0; i < TASKS; i++) {
                pool.execute(() -> Thread.sleep(600_000));
            }
            Await.until("two run", () -> pool.snapshot().runningTasks() >= 2);
        }

        /** The hook that stops the pools runs beside this one, before or after it. */
        private void submitUntilRefused() {
            Gate never = new Gate(folder, "executed-during-exit");
            try {
                for (; ; ) {
                    TaskFuture<?> task = pool.submit(() -> never.open());
                    task.get();
                }
            } catch (RejectedExecutionException | ExecutionException e) {
                System.out.println("refused");
            } catch (InterruptedException e) {
                System.out.println(e);
            }
        }
    }
}
