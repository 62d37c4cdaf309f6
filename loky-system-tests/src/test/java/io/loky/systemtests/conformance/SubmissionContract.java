/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.SerializableRunnable;
import io.loky.systemtests.Await;
import io.loky.systemtests.Gate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@code submit}, three times, and {@code execute}. */
abstract class SubmissionContract extends Contract {
    SubmissionContract(Side side) {
        super(side);
    }

    private ExecutorService executor() throws Exception {
        return side.shared(1);
    }

    /** The future of a callable has what it returns. */
    @Test
    void submitCallable_returns_yieldsTheValue() throws Exception {
        assertThat(Await.result(executor().submit(value("hello")))).isEqualTo("hello");
    }

    /** Null is a result like any other. */
    @Test
    void submitCallable_returnsNull_yieldsNull() throws Exception {
        Future<String> future = executor().submit(SubmissionContract.<String>task(() -> null));

        assertThat(Await.result(future)).isNull();
        assertThat(future.isDone()).isTrue();
    }

    /** The future of a runnable ends with null when the runnable has ended. */
    @Test
    void submitRunnable_ends_yieldsNull() throws Exception {
        Gate ran = gate();

        assertThat(Await.result(executor().submit(action(ran::open)))).isNull();

        assertThat(ran.isOpen()).isTrue();
    }

    /** The result that was given with a runnable is the very instance that the future has when the runnable has ended. */
    @Test
    void submitRunnableWithResult_ends_yieldsThatInstance() throws Exception {
        Gate ran = gate();
        Object result = new Object();

        assertThat(Await.result(executor().submit(action(ran::open), result))).isSameAs(result);

        assertThat(ran.isOpen()).isTrue();
    }

    /** The result that was given may be null. */
    @Test
    void submitRunnableWithResult_resultIsNull_yieldsNull() throws Exception {
        Gate ran = gate();

        assertThat(Await.result(executor().submit(action(ran::open), (String) null)))
                .isNull();

        assertThat(ran.isOpen()).isTrue();
    }

    /** A runnable that fails does not yield the result that was given with it. */
    @Test
    void submitRunnableWithResult_throws_failsWithThat() throws Exception {
        SerializableRunnable task = () -> {
            throw new IllegalStateException("no");
        };
        Future<String> future = executor().submit(task, "yes");

        assertThatThrownBy(() -> Await.result(future))
                .isExactlyInstanceOf(ExecutionException.class)
                .cause()
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("no");
    }

    /** Whatever a task throws is the cause of the ExecutionException: checked, unchecked, an error, and the odd ones. */
    @Test
    void submitCallable_throwsAnything_failsWithIt() throws Exception {
        List<Throwable> thrown = List.of(
                new IOException("checked"),
                new IllegalArgumentException("unchecked"),
                new AssertionError("error"),
                new OutOfMemoryError("only said"),
                new StackOverflowError("only said"),
                new InterruptedException("by nobody"),
                new CancellationException("not of the future"),
                new CompletionException("of no stage", new IOException("inside")),
                new ExecutionException("of no future", new IOException("inside")));
        for (Throwable each : thrown) {
            Future<Object> future = executor().submit(task(() -> {
                if (each instanceof Error error) {
                    throw error;
                }
                throw (Exception) each;
            }));

            assertThatThrownBy(() -> Await.result(future))
                    .isExactlyInstanceOf(ExecutionException.class)
                    .cause()
                    .isExactlyInstanceOf(each.getClass())
                    .hasMessage(each.getMessage());
            assertThat(future.isCancelled()).as("cancelled by %s", each).isFalse();
            assertThat(future.isDone()).isTrue();
        }
        assertServes(executor(), 1);
    }

    /** A runnable's failure is the cause of the ExecutionException, and get says it each time. */
    @Test
    void submitRunnable_throws_failsWithItEachTime() throws Exception {
        SerializableRunnable task = () -> {
            throw new IllegalStateException("no");
        };
        Future<?> future = executor().submit(task);

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> Await.result(future))
                    .isExactlyInstanceOf(ExecutionException.class)
                    .hasCauseExactlyInstanceOf(IllegalStateException.class);
        }
    }

    /** A null task is refused at once. */
    @Test
    void submit_nullTask_throwsNullPointerException() throws Exception {
        ExecutorService executor = executor();

        assertThatThrownBy(() -> executor.submit((Callable<String>) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.submit((Runnable) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.submit((Runnable) null, "x")).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.execute(null)).isInstanceOf(NullPointerException.class);
        assertServes(executor, 1);
    }

    /** An executed command runs at some time in the future. */
    @Test
    void execute_command_runs() throws Exception {
        Gate ran = gate();

        executor().execute(action(ran::open));

        ran.await();
    }

    /** A command that fails is reported where nobody waits for it, and the executor goes on. */
    @Test
    @Shows(Difference.UNHEARD_FAILURE)
    void execute_commandThrows_isReportedToTheLastResort() throws Exception {
        executor().execute(action(() -> {
            throw new IllegalStateException("nobody waits for this");
        }));

        Await.until(
                "a report", () -> side.lastResort().stream().anyMatch(text -> text.contains("nobody waits for this")));
        assertServes(executor(), 1);
        differ(
                Difference.UNHEARD_FAILURE,
                () -> assertThat(side.lastResort()).contains("java.lang.IllegalStateException: nobody waits for this"),
                () -> assertThat(side.lastResort())
                        .anyMatch(text -> text.contains("given to execute failed in loky-")));
    }

    /** One thread or worker takes tasks in the order of their submission, whichever method they came by. */
    @Test
    void submitAndExecute_oneWorker_runInOrder() throws Exception {
        String file = Files.createFile(folder.resolve("order")).toString();
        Blocker blocker = block(executor());
        List<Future<?>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            SerializableRunnable append = appending(file, i);
            switch (i % 3) {
                case 0 -> futures.add(executor().submit(append));
                case 1 -> futures.add(executor().submit(append, i));
                default -> executor().execute(append);
            }
        }
        futures.add(executor().submit(value(1)));
        blocker.release();
        for (Future<?> future : futures) {
            assertThat(Await.result(future)).isNotEqualTo("");
        }

        assertThat(Files.readAllLines(Path.of(file)))
                .containsExactlyElementsOf(
                        IntStream.range(0, 20).mapToObj(Integer::toString).toList());
    }

    private static SerializableRunnable appending(String file, int number) {
        return () -> Files.writeString(Path.of(file), number + "\n", StandardOpenOption.APPEND);
    }

    /** The same task object may be submitted many times, and runs as often. */
    @Test
    void submit_sameTaskTwice_runsTwice() throws Exception {
        String file = Files.createFile(folder.resolve("twice")).toString();
        SerializableRunnable task = appending(file, 7);

        Future<?> first = executor().submit(task);
        Future<?> second = executor().submit(task);

        assertThat(first).isNotSameAs(second);
        assertThat(Await.result(first)).isNull();
        assertThat(Await.result(second)).isNull();
        assertThat(Files.readAllLines(Path.of(file))).containsExactly("7", "7");
    }

    /** Two threads or workers run two tasks at the same time: each of these waits for the other one. */
    @Test
    void submit_asManyTasksAsWorkers_runAtOnce() throws Exception {
        ExecutorService two = side.shared(2);
        Gate one = gate();
        Gate other = gate();

        Future<Integer> first = two.submit(blocking(one, other));
        Future<Integer> second = two.submit(blocking(other, one));

        assertThat(Await.result(first)).isEqualTo(1);
        assertThat(Await.result(second)).isEqualTo(1);
    }

    /** No more tasks run at once than there are threads or workers. */
    @Test
    void submit_moreTasksThanWorkers_theRestWaits() throws Exception {
        Blocker blocker = block(executor());
        Gate ran = gate();

        Future<Integer> behind = executor().submit(opening(ran));

        assertThat(behind.isDone()).isFalse();
        assertThat(ran.isOpen()).isFalse();
        blocker.release();
        assertThat(Await.result(behind)).isEqualTo(2);
    }

    /** A submitter that was interrupted submits as ever, and stays interrupted. */
    @Test
    void submitAndExecute_callerIsInterrupted_workAndKeepTheFlag() throws Exception {
        ExecutorService executor = executor();
        Gate ran = gate();

        Call<Future<Integer>> call = Call.interrupted(() -> {
            executor.execute(action(ran::open));
            return executor.submit(value(5));
        });

        assertThat(Await.result(call.result())).isEqualTo(5);
        assertThat(call.flagAfterwards()).isTrue();
        ran.await();
    }

    /** Actions before a submit happen before the task, which sees them; the task's happen before get returns. */
    @Test
    void submit_memoryEffects_areSeenByTaskAndByGetter() throws Exception {
        for (int i = 0; i < 200; i++) {
            int[] plain = {0};
            plain[0] = i;
            Future<int[]> future = executor().submit(task(() -> new int[] {plain[0] + 1, plain[0] + 2}));
            Call<int[]> getter = Call.of(() -> Await.result(future));

            assertThat(getter.result()).containsExactly(i + 1, i + 2);
        }
    }
}
