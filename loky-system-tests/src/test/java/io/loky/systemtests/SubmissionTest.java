/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.ProcessPoolExecutor;
import io.loky.SerializableCallable;
import io.loky.SerializableRunnable;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Every way to hand a task to a pool, and what its future says about it. */
class SubmissionTest {
    @RegisterExtension
    static final Pools POOLS = new Pools();

    @TempDir
    static Path folder;

    private static ProcessPoolExecutor pool;

    @BeforeAll
    static void warmUp() throws Exception {
        pool = POOLS.warm(1);
    }

    /** A task runs in another process than its submitter. */
    @Test
    void submit_lambdaWithResult_runsInAWorker() throws Exception {
        long pid = Await.result(pool.submit(() -> ProcessHandle.current().pid()));

        assertThat(pid).isNotEqualTo(Processes.ownPid());
        assertThat(Pools.pids(pool)).containsExactly(pid);
    }

    /** A lambda without result is a runnable, and its future ends with null. */
    @Test
    void submit_lambdaWithoutResult_runsAndYieldsNull() throws Exception {
        Gate ran = new Gate(folder, "submit-runnable");

        TaskFuture<?> future = pool.submit(() -> ran.open());

        assertThat(Await.result(future)).isNull();
        assertThat(ran.isOpen()).isTrue();
    }

    /** The body of a serializable runnable may throw checked exceptions. */
    @Test
    void submit_runnableThatThrowsChecked_failsWithThatException() throws Exception {
        SerializableRunnable task = () -> {
            throw new IOException("disk on fire");
        };

        assertThat(Pools.failure(pool.submit(task)))
                .isInstanceOf(IOException.class)
                .hasMessage("disk on fire");
    }

    /** A serializable object in a variable of the JDK's type is accepted as it is. */
    @Test
    void submit_callableVariableWithSerializableObject_runs() throws Exception {
        Callable<String> task = new Greeting("Ada");

        assertThat(Await.result(pool.submit(task))).isEqualTo("hello Ada");
    }

    /** A serializable object in a variable of the JDK's type is accepted as it is. */
    @Test
    void submit_runnableVariableWithSerializableObject_runs() throws Exception {
        Gate ran = new Gate(folder, "plain-runnable");
        Runnable task = (Runnable & Serializable) ran::open;

        assertThat(Await.result(pool.submit(task))).isNull();
        assertThat(ran.isOpen()).isTrue();
    }

    /** Code that knows no more than ExecutorService can use a pool. */
    @Test
    void submit_throughExecutorService_runs() throws Exception {
        ExecutorService plain = pool;
        Future<String> future = plain.submit(new Greeting("Bob"));

        assertThat(Await.result(future)).isEqualTo("hello Bob");
    }

    /** The result that was given with a runnable stays in the parent: it is the same instance, not a copy. */
    @Test
    void submit_runnableWithResult_yieldsTheSameInstance() throws Exception {
        Gate ran = new Gate(folder, "runnable-with-result");
        Object result = new Object();

        TaskFuture<Object> future = pool.submit((Runnable & Serializable) ran::open, result);

        assertThat(Await.result(future)).isSameAs(result);
        assertThat(ran.isOpen()).isTrue();
    }

    /** The result of a runnable may be null. */
    @Test
    void submit_runnableWithNullResult_yieldsNull() throws Exception {
        Gate ran = new Gate(folder, "runnable-with-null");
        TaskFuture<String> future = pool.submit((Runnable & Serializable) ran::open, null);

        assertThat(Await.result(future)).isNull();
    }

    /** A runnable with a result that fails does not yield the result. */
    @Test
    void submit_failingRunnableWithResult_fails() throws Exception {
        Runnable task = (Runnable & Serializable) () -> {
            throw new IllegalStateException("no");
        };

        assertThat(Pools.failure(pool.submit(task, "yes")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no");
    }

    /** A name that was given is the task's name; without one there is some name. */
    @Test
    void submit_withName_hasThatName() throws Exception {
        TaskFuture<Integer> callable = pool.submit(() -> 1, TaskOptions.named("one"));
        TaskFuture<?> runnable = pool.submit(() -> {}, TaskOptions.named("nothing"));
        TaskFuture<Integer> unnamed = pool.submit(() -> 1, TaskOptions.defaults());

        assertThat(Await.result(callable)).isEqualTo(1);
        assertThat(Await.result(runnable)).isNull();
        assertThat(Await.result(unnamed)).isEqualTo(1);
        assertThat(callable.name()).isEqualTo("one");
        assertThat(runnable.name()).isEqualTo("nothing");
        assertThat(unnamed.name()).isNotBlank();
        assertThat(callable.toString()).contains("one");
    }

    /** A function is applied to its argument in the worker. */
    @Test
    void submitWith_argument_isApplied() throws Exception {
        TaskFuture<Integer> future = pool.submitWith(Integer::parseInt, "42");

        assertThat(Await.result(future)).isEqualTo(42);
    }

    /** Null is an argument like any other. */
    @Test
    void submitWith_nullArgument_isApplied() throws Exception {
        TaskFuture<Boolean> future = pool.submitWith(argument -> argument == null, (String) null);

        assertThat(Await.result(future)).isTrue();
    }

    /** Function and argument are one graph of objects: what they share is shared in the worker. */
    @Test
    void submitWith_objectSharedByFunctionAndArgument_staysOneObject() throws Exception {
        List<String> shared = new ArrayList<>(List.of("x"));

        TaskFuture<Boolean> future = pool.submitWith(argument -> argument == shared, shared);

        assertThat(Await.result(future)).isTrue();
    }

    /** The names without overloads do the same. */
    @Test
    void callAndRun_lambdas_doWhatSubmitDoes() throws Exception {
        Gate ran = new Gate(folder, "run");

        assertThat(Await.result(pool.call(() -> 7))).isEqualTo(7);
        assertThat(Await.result(pool.run(ran::open))).isNull();
        assertThat(ran.isOpen()).isTrue();
    }

    /** An executed task runs, although nobody can wait for it. */
    @Test
    void execute_lambdaAndPlainRunnable_run() throws Exception {
        Gate lambda = new Gate(folder, "execute-lambda");
        Gate plain = new Gate(folder, "execute-plain");
        Runnable variable = (Runnable & Serializable) plain::open;

        pool.execute(() -> lambda.open());
        pool.execute(variable);

        Await.until("both ran", () -> lambda.isOpen() && plain.isOpen());
    }

    /** An executed task that fails harms nobody: the same worker goes on. */
    @Test
    void execute_failingTask_isLoggedAndCostsNoWorker() throws Exception {
        long before = Await.result(pool.submit(() -> ProcessHandle.current().pid()));

        pool.execute(() -> {
            throw new IllegalStateException("nobody hears this");
        });

        Await.until("a warning", () -> !POOLS.log().at(Level.WARNING).isEmpty());
        assertThat(POOLS.log().at(Level.WARNING)).singleElement().asString().contains("nobody hears this");
        assertThat(Await.result(pool.submit(() -> ProcessHandle.current().pid())))
                .isEqualTo(before);
    }

    /** supplyAsync gives the JDK's own future, and what depends on it runs in the parent. */
    @Test
    void supplyAsync_lambda_completesACompletableFuture() throws Exception {
        CompletableFuture<Long> here = pool.supplyAsync(
                        () -> ProcessHandle.current().pid())
                .thenApply(there -> there == Processes.ownPid() ? -1 : Processes.ownPid());

        assertThat(Await.result(here)).isEqualTo(Processes.ownPid());
    }

    /** All tasks are done when invokeAll returns, in the order of the list; one that fails does not disturb the others. */
    @Test
    void invokeAll_listOfLambdas_returnsDoneFuturesInOrder() throws Exception {
        List<SerializableCallable<Integer>> tasks = List.of(
                () -> 1,
                () -> {
                    throw new IllegalArgumentException("two");
                },
                () -> 3);

        List<Future<Integer>> futures = pool.invokeAll(tasks);

        assertThat(futures).hasSize(3).allMatch(Future::isDone);
        assertThat(futures.get(0).get()).isEqualTo(1);
        assertThatThrownBy(() -> futures.get(1).get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(futures.get(2).get()).isEqualTo(3);
    }

    /** Tasks are numbered in the order of submission. */
    @Test
    void taskId_ofConsecutiveTasks_increases() throws Exception {
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            futures.add(pool.submit(() -> 0));
        }
        for (TaskFuture<Integer> future : futures) {
            Await.result(future);
        }

        assertThat(futures.stream().map(TaskFuture::taskId)).isSorted().doesNotHaveDuplicates();
        assertThat(futures.get(0).taskId()).isPositive();
    }

    /** A future says which process has executed its task, and that it was given away once. */
    @Test
    void workerPid_ofFinishedTask_isThePidThatTheTaskSaw() throws Exception {
        TaskFuture<Long> future = pool.submit(() -> ProcessHandle.current().pid());

        long pid = Await.result(future);

        assertThat(future.workerPid()).hasValue(pid);
        assertThat(future.attempts()).isEqualTo(1);
    }

    /** A task waits, runs, and ends; its future says so at every step. */
    @Test
    void status_overALife_goesFromQueuedToRunningToAnEnd() throws Exception {
        Gate go = new Gate(folder, "status-go");
        TaskFuture<?> running = pool.submit(() -> go.await());
        TaskFuture<Integer> queued = pool.submit(() -> 1);
        TaskFuture<Integer> failing = pool.submit(() -> Integer.parseInt("x"));
        TaskFuture<Integer> cancelled = pool.submit(() -> 2);

        assertThat(running.status()).isEqualTo(TaskFuture.Status.RUNNING);
        assertThat(queued.status()).isEqualTo(TaskFuture.Status.QUEUED);
        assertThat(queued.attempts()).isZero();
        assertThat(queued.workerPid()).isEmpty();
        assertThat(queued.isDone()).isFalse();
        assertThatThrownBy(queued::resultNow).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(queued::exceptionNow).isInstanceOf(IllegalStateException.class);
        assertThat(cancelled.cancel(false)).isTrue();
        assertThat(cancelled.cancel(false)).isFalse();
        assertThat(cancelled.status()).isEqualTo(TaskFuture.Status.CANCELLED);

        go.open();

        assertThat(Await.result(queued)).isEqualTo(1);
        assertThat(queued.status()).isEqualTo(TaskFuture.Status.SUCCEEDED);
        assertThat(queued.resultNow()).isEqualTo(1);
        assertThatThrownBy(queued::exceptionNow).isInstanceOf(IllegalStateException.class);
        assertThat(Pools.failure(failing)).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(failing::resultNow).isInstanceOf(IllegalStateException.class);
        assertThat(running.status()).isEqualTo(TaskFuture.Status.SUCCEEDED);
    }

    /** An argument is a snapshot taken by the submit: what changes later, the task does not see. */
    @Test
    void submit_argumentChangedAfterwards_taskSeesItAsItWas() throws Exception {
        Gate go = new Gate(folder, "snapshot-go");
        TaskFuture<?> blocker = pool.submit(() -> go.await());
        List<String> argument = new ArrayList<>(List.of("before"));

        TaskFuture<List<String>> future = pool.submitWith(list -> list, argument);
        argument.set(0, "after");
        go.open();

        assertThat(Await.result(future)).containsExactly("before");
        assertThat(Await.result(blocker)).isNull();
    }

    /** After shutdown every way to submit is refused with the state of the pool, and nothing hangs. */
    @Test
    void everyMethod_afterShutdown_isRejectedWithThePoolsState() throws Exception {
        ProcessPoolExecutor gone = POOLS.create(1);
        gone.shutdown();
        Runnable runnable = (Runnable & Serializable) () -> {};
        Callable<String> callable = new Greeting("nobody");

        List<ThrowingCallable> calls = List.of(
                () -> gone.submit(() -> 1),
                () -> gone.submit(() -> {}),
                () -> gone.submit(() -> 1, TaskOptions.named("x")),
                () -> gone.submit(() -> {}, TaskOptions.named("x")),
                () -> gone.submitWith(x -> x, 1),
                () -> gone.call(() -> 1),
                () -> gone.run(() -> {}),
                () -> gone.supplyAsync(() -> 1),
                () -> gone.execute(() -> {}),
                () -> gone.execute(runnable),
                () -> gone.invokeAll(List.of(() -> 1)),
                () -> gone.invokeAny(List.of(callable)),
                () -> gone.submit(callable),
                () -> gone.submit(runnable),
                () -> gone.submit(runnable, 1),
                () -> gone.map(x -> x, List.of(1)),
                () -> gone.prestart());

        for (var call : calls) {
            assertThatThrownBy(call)
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("TERMINATED");
        }
        assertThat(gone.snapshot().workers()).isEmpty();
    }

    /** A pool that is shutting down says so in its refusal. */
    @Test
    void submit_whileShuttingDown_isRejectedWithShutdownState() throws Exception {
        ProcessPoolExecutor ending = POOLS.create(1);
        Gate go = new Gate(folder, "rejection-go");
        TaskFuture<?> last = ending.submit(() -> go.await());
        ending.shutdown();

        assertThatThrownBy(() -> ending.submit(() -> 1))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("SHUTDOWN");

        go.open();
        assertThat(Await.result(last)).isNull();
    }

    private record Greeting(String name) implements Callable<String>, Serializable {
        @Override
        public String call() {
            return "hello " + name;
        }
    }
}
