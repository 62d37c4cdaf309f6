/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.ResultSerializationException;
import io.loky.SerializableRunnable;
import io.loky.TaskSerializationException;
import io.loky.systemtests.Await;
import io.loky.systemtests.Processes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What tasks share with the program: everything in a thread, nothing in another process. */
abstract class IsolationContract extends Contract {
    IsolationContract(Side side) {
        super(side);
    }

    private ExecutorService executor() throws Exception {
        return side.shared(1);
    }

    /** A lambda in a variable of the JDK's type is a task like any other. */
    @Test
    void submit_plainLambda_runs() throws Exception {
        Callable<Integer> plain = () -> 5;
        Runnable nothing = () -> {};

        assertThat(Await.result(executor().submit(plain))).isEqualTo(5);
        assertThat(Await.result(executor().submit(Executors.callable(nothing, 6))))
                .isEqualTo(6);
        executor().execute(nothing);
        assertServes(executor(), 1);
    }

    /** A task may hold any object, or none that belongs to its process; if it does, its future fails, and names it. */
    @Test
    @Shows(Difference.PROCESS_BOUND_TASKS)
    void submit_taskHoldsAThread_runsOrFails() throws Exception {
        Thread held = new Thread(() -> {}, "held");
        Callable<String> task = () -> held.getName();
        Future<String> future = executor().submit(task);

        Await.until("done", future::isDone);
        differ(
                Difference.PROCESS_BOUND_TASKS,
                () -> {
                    assertThat(future.get()).isEqualTo("held");
                    executor().execute(held);
                },
                () -> {
                    assertThatThrownBy(future::get)
                            .isExactlyInstanceOf(ExecutionException.class)
                            .cause()
                            .isExactlyInstanceOf(TaskSerializationException.class)
                            .hasMessageContaining("it holds a java.lang.Thread, which cannot leave this process");
                    assertThatThrownBy(() -> executor().execute(held))
                            .isExactlyInstanceOf(TaskSerializationException.class);
                });
        assertServes(executor(), 1);
    }

    /** A task that submits to its own executor can do so, or cannot hold it. */
    @Test
    @Shows(Difference.POOL_IN_A_TASK)
    void submit_taskHoldsItsExecutor_runsOrFails() throws Exception {
        ExecutorService executor = executor();
        Future<Boolean> future = executor.submit(task(() -> {
            Future<Integer> inner = executor.submit(value(1));
            return inner.cancel(false);
        }));

        Await.until("done", future::isDone);
        differ(
                Difference.POOL_IN_A_TASK,
                () -> assertThat(future.get()).isTrue(),
                () -> assertThatThrownBy(future::get)
                        .cause()
                        .isExactlyInstanceOf(TaskSerializationException.class)
                        .hasMessageContaining("ProcessPool"));
        assertServes(executor, 1);
    }

    /** What the program changes after the submit the task sees, or does not. */
    @Test
    @Shows(Difference.SNAPSHOT)
    void submit_argumentChangedBeforeTheTaskBegins_isSeenOrNot() throws Exception {
        Blocker blocker = block(executor());
        List<String> argument = new ArrayList<>(List.of("before"));
        Future<String> future = executor().submit(task(() -> argument.get(0)));

        argument.set(0, "after");
        blocker.release();

        String seen = Await.result(future);
        differ(
                Difference.SNAPSHOT,
                () -> assertThat(seen).isEqualTo("after"),
                () -> assertThat(seen).isEqualTo("before"));
    }

    /** What a task returns of its argument is the same object, or an equal one; and so is what it does to it. */
    @Test
    @Shows(Difference.COPIES)
    void submit_taskChangesAndReturnsItsArgument_itIsTheSameOrACopy() throws Exception {
        List<String> argument = new ArrayList<>();
        List<String> returned = Await.result(executor().submit(task(() -> {
            argument.add("by the task");
            return argument;
        })));

        assertThat(returned).containsExactly("by the task");
        differ(Difference.COPIES, () -> assertThat(returned).isSameAs(argument), () -> {
            assertThat(returned).isNotSameAs(argument);
            assertThat(argument).isEmpty();
        });
    }

    /** A result that was given with the runnable is filled by it, or stays as it was. */
    @Test
    @Shows(Difference.FILLED_RESULT)
    void submitRunnableWithResult_runnableFillsIt_itIsFilledOrNot() throws Exception {
        List<String> result = new ArrayList<>();
        SerializableRunnable filling = () -> result.add("by the task");

        assertThat(Await.result(executor().submit(filling, result))).isSameAs(result);

        differ(
                Difference.FILLED_RESULT,
                () -> assertThat(result).containsExactly("by the task"),
                () -> assertThat(result).isEmpty());
    }

    /** A result may be any object, or has to be serializable. */
    @Test
    @Shows(Difference.PROCESS_BOUND_RESULTS)
    void submit_resultIsAThread_isReturnedOrFails() throws Exception {
        Future<Thread> future = executor().submit(task(Thread::currentThread));

        Await.until("done", future::isDone);
        differ(
                Difference.PROCESS_BOUND_RESULTS,
                () -> assertThat(future.get()).isInstanceOf(Thread.class),
                () -> assertThatThrownBy(future::get)
                        .cause()
                        .isExactlyInstanceOf(ResultSerializationException.class)
                        .hasMessageContaining("java.lang.Thread"));
        assertServes(executor(), 1);
    }

    /** The exception is the object that was thrown, or a copy that says where it comes from and who submitted it. */
    @Test
    @Shows(Difference.COPIED_EXCEPTION)
    void submit_taskThrowsItsArgument_causeIsTheSameOrACopy() throws Exception {
        IllegalStateException thrown = new IllegalStateException("no");
        Future<Object> future = executor().submit(task(() -> {
            throw thrown;
        }));

        Await.until("done", future::isDone);
        assertThatThrownBy(future::get)
                .cause()
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("no")
                .satisfies(cause -> differ(
                        Difference.COPIED_EXCEPTION, () -> assertThat(cause).isSameAs(thrown), () -> {
                            assertThat(cause).isNotSameAs(thrown);
                            assertThat(Arrays.toString(cause.getStackTrace()))
                                    .contains("above: worker process", "below: the submit");
                        }));
    }

    /** A static field, and with it every singleton, is the program's, or that of the worker. */
    @Test
    @Shows(Difference.STATIC_STATE)
    void submit_taskReadsAStaticField_isTheProgramsOrTheWorkers() throws Exception {
        Static.value = 1;
        int seen = Await.result(executor().submit(task(() -> Static.value++)));
        long pid = Await.result(executor().submit(task(Processes::ownPid)));

        differ(
                Difference.STATIC_STATE,
                () -> {
                    assertThat(seen).isEqualTo(1);
                    assertThat(Static.value).isEqualTo(2);
                    assertThat(pid).isEqualTo(Processes.ownPid());
                },
                () -> {
                    assertThat(seen).isZero();
                    assertThat(Static.value).isEqualTo(1);
                    assertThat(pid).isNotEqualTo(Processes.ownPid());
                });
    }

    private static final class Static {
        private static int value;
    }

    /** The threads of an executor keep a program alive until it is shut down; a process pool does while it has work. */
    @Test
    @Shows(Difference.PROGRAM_END)
    void threads_ofARunningExecutor_areUserThreadsOrDaemons() throws Exception {
        Blocker blocker = block(executor());
        assertThat(keepingAlive()).as("while a task runs").isNotEmpty();
        blocker.release();
        assertThat(Await.result(blocker.future())).isEqualTo(1);

        differ(
                Difference.PROGRAM_END,
                () -> assertThat(keepingAlive()).isNotEmpty(),
                () -> Await.until(
                        "nothing keeps the program alive", () -> keepingAlive().isEmpty()));
    }

    private static List<Thread> keepingAlive() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.isDaemon())
                .filter(thread -> thread.getName().matches("(oracle|loky)-.*"))
                .toList();
    }
}
