/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import static io.loky.internal.parent.Model.require;

import io.loky.TaskFuture.Status;
import io.loky.internal.parent.Model;
import io.loky.internal.parent.Model.Actor;
import io.loky.internal.wire.Frame;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The future against whoever completes, cancels or asks it at the same time. */
@Tag("model")
@Timeout(300)
class RemoteTaskModelTest {
    private static final int SCHEDULES = 200;

    // ---- completion against get -------------------------------------------------------------------------------------

    @Test
    void get_againstTheAnswer_isTheValue() {
        Model.check(SCHEDULES, () -> {
            ModelPool pool = new ModelPool();
            RemoteTask<Integer> task = pool.sentTask();
            Answer answer = new Answer(pool, task, ModelPool.number(7));
            answer.start();

            require(task.get() == 7, "another value");

            require(task.isDone() && task.status() == Status.SUCCEEDED, "not done");
            answer.finish();
        });
    }

    @Test
    void getWithTimeout_againstTheAnswer_isTheValue() {
        Model.check(SCHEDULES, () -> {
            ModelPool pool = new ModelPool();
            Object value = new Object();
            RemoteTask<Object> task = pool.sentTask(value);
            Answer answer = new Answer(pool, task, ModelPool.object());
            answer.start();

            require(task.get(1, TimeUnit.DAYS) == value, "another value");

            answer.finish();
        });
    }

    @Test
    void get_againstTheWorkersDeath_isItsFailure() {
        Model.check(SCHEDULES, () -> {
            ModelPool pool = new ModelPool();
            RemoteTask<Integer> task = pool.sentTask();
            Exception death = new Exception("died");
            Actor worker = new Actor() {
                @Override
                protected void act() {
                    require(pool.lose(task, death), "not lost");
                }
            };
            worker.start();
            try {
                task.get();
                require(false, "a value from nowhere");
            } catch (ExecutionException e) {
                require(e.getCause() == death && task.exceptionNow() == death, "another failure");
            }
            worker.finish();
        });
    }

    /** What is asked only goes forward, and each answer agrees with the one before. */
    @Test
    void statusAndIsDone_againstTheAnswer_goForward() {
        Model.check(SCHEDULES, () -> {
            ModelPool pool = new ModelPool();
            Object value = new Object();
            RemoteTask<Object> task = pool.sentTask(value);
            Answer answer = new Answer(pool, task, ModelPool.object());
            answer.start();

            boolean done = task.isDone();
            Status status = task.status();
            require(!done || status == Status.SUCCEEDED, "done, and then not");
            require(status == Status.RUNNING || status == Status.SUCCEEDED, "a status that cannot be");
            if (status == Status.SUCCEEDED) {
                require(task.isDone() && task.resultNow() == value, "succeeded without a value");
            }
            require(!task.isCancelled(), "cancelled by nobody");
            answer.finish();
        });
    }

    @Test
    void get_byTwoThreadsAgainstTheAnswer_isTheSameObject() {
        Model.check(SCHEDULES, () -> {
            ModelPool pool = new ModelPool();
            Object value = new Object();
            RemoteTask<Object> task = pool.sentTask(value);
            Answer answer = new Answer(pool, task, ModelPool.object());
            Actor other = new Actor() {
                @Override
                protected void act() throws Exception {
                    require(task.get() == value, "another value");
                }
            };
            answer.start();
            other.start();

            require(task.get() == value, "another value");

            other.finish();
            answer.finish();
        });
    }

    // ---- cancel against the answer ----------------------------------------------------------------------------------

    @Test
    void cancel_againstTheAnswer_oneWinsAndAllAgree() {
        Model.check(SCHEDULES, () -> {
            ModelPool pool = new ModelPool();
            RemoteTask<Integer> task = pool.sentTask();
            Dependents dependents = new Dependents();
            CompletableFuture<Integer> stage = task.stage();
            dependents.add(stage);
            Answer answer = new Answer(pool, task, ModelPool.number(7));
            answer.start();

            boolean cancelled = task.cancel(true);
            require(task.isDone(), "not done after a cancel");
            if (cancelled) {
                require(task.isCancelled(), "cancelled, and not so");
            }
            boolean gotCancelled = false;
            try {
                require(task.get() == 7, "another value");
            } catch (CancellationException e) {
                gotCancelled = true;
            }
            answer.finish();
            pool.finish();

            require(answer.delivered != cancelled, "answered and cancelled, or neither");
            require(gotCancelled == cancelled, "get() says otherwise");
            require(task.isCancelled() == cancelled && stage.isCancelled() == cancelled, "the future says otherwise");
            require(dependents.runs.get() == 1, "the dependent has run so many times: " + dependents.runs.get());
        });
    }

    @Test
    void cancel_twice_isTrueOnceAndTheDependentRunsOnce() {
        Model.check(SCHEDULES, () -> {
            ModelPool pool = new ModelPool();
            RemoteTask<Integer> task = pool.sentTask();
            Dependents dependents = new Dependents();
            dependents.add(task.stage());
            Cancel other = new Cancel(task);
            other.start();

            boolean cancelled = task.cancel(false);

            other.finish();
            pool.finish();
            require(cancelled != other.cancelled, "cancelled twice, or not at all");
            require(task.isCancelled(), "not cancelled");
            require(dependents.runs.get() == 1, "the dependent has run so many times: " + dependents.runs.get());
        });
    }

    @Test
    void cancel_ofTheStageAgainstTheAnswer_leavesStageAndTaskTheSame() {
        Model.check(SCHEDULES, () -> {
            ModelPool pool = new ModelPool();
            RemoteTask<Integer> task = pool.sentTask();
            CompletableFuture<Integer> stage = task.stage();
            Dependents dependents = new Dependents();
            dependents.add(stage);
            Answer answer = new Answer(pool, task, ModelPool.number(7));
            answer.start();

            stage.cancel(true);

            answer.finish();
            pool.finish();
            require(answer.delivered != task.isCancelled(), "answered and cancelled, or neither");
            require(stage.isDone() && stage.isCancelled() == task.isCancelled(), "the stage says otherwise");
            require(dependents.runs.get() == 1, "the dependent has run so many times: " + dependents.runs.get());
        });
    }

    @Test
    void cancel_againstTheAnswerAndAnActionBeingAdded_runsTheActionOnce() {
        Model.check(SCHEDULES, () -> {
            ModelPool pool = new ModelPool();
            RemoteTask<Integer> task = pool.sentTask();
            Answer answer = new Answer(pool, task, ModelPool.number(7));
            Cancel cancel = new Cancel(task);
            Dependents dependents = new Dependents();
            answer.start();
            cancel.start();

            task.afterwards(dependents);

            cancel.finish();
            answer.finish();
            pool.finish();
            require(answer.delivered != cancel.cancelled, "answered and cancelled, or neither");
            require(dependents.runs.get() == 1, "the action has run so many times: " + dependents.runs.get());
        });
    }

    // ---- what is added while the task ends --------------------------------------------------------------------------

    @Test
    void afterwards_addedWhileTheAnswerArrives_runsOnceAside() {
        Model.check(SCHEDULES, () -> {
            ModelPool pool = new ModelPool();
            RemoteTask<Integer> task = pool.sentTask();
            Answer answer = new Answer(pool, task, ModelPool.number(7));
            Dependents dependents = new Dependents();
            dependents.mayNotRunOn(answer, Thread.currentThread());
            answer.start();

            task.afterwards(dependents);

            answer.finish();
            pool.finish();
            require(dependents.runs.get() == 1, "the action has run so many times: " + dependents.runs.get());
        });
    }

    @Test
    void stage_madeWhileTheAnswerArrives_runsItsDependentOnce() {
        Model.check(SCHEDULES, () -> {
            ModelPool pool = new ModelPool();
            Object value = new Object();
            RemoteTask<Object> task = pool.sentTask(value);
            Answer answer = new Answer(pool, task, ModelPool.object());
            Dependents dependents = new Dependents();
            dependents.mayNotRunOn(answer, null);
            answer.start();

            CompletableFuture<Object> stage = task.stage();
            dependents.add(stage);

            answer.finish();
            pool.finish();
            require(dependents.runs.get() == 1, "the dependent has run so many times: " + dependents.runs.get());
            require(stage == task.stage() && stage.join() == value, "another value");
        });
    }

    /** What one thread hangs on the stage may block, and must not run on the thread of another that merely asks for it. */
    @Test
    void stage_madeByTwoThreadsWhileTheAnswerArrives_isOneAndRunsNobodyElsesDependent() {
        Model.check(2 * SCHEDULES, () -> {
            ModelPool pool = new ModelPool();
            RemoteTask<Integer> task = pool.sentTask();
            Answer answer = new Answer(pool, task, ModelPool.number(7));
            AddDependent other = new AddDependent(task);
            other.dependents.mayNotRunOn(answer, Thread.currentThread());
            answer.start();
            other.start();

            CompletableFuture<Integer> stage = task.stage();

            other.finish();
            answer.finish();
            pool.finish();
            require(other.stage == stage && stage.join() == 7, "two stages");
            require(other.dependents.runs.get() == 1, "the dependent has run so often: " + other.dependents.runs.get());
        });
    }

    // ---- actors -----------------------------------------------------------------------------------------------------

    private static final class Answer extends Actor {
        private final ModelPool pool;
        private final RemoteTask<?> task;
        private final Frame frame;
        boolean delivered;

        Answer(ModelPool pool, RemoteTask<?> task, Frame frame) {
            this.pool = pool;
            this.task = task;
            this.frame = frame;
        }

        @Override
        protected void act() {
            delivered = pool.answer(task, frame);
        }
    }

    private static final class Cancel extends Actor {
        private final RemoteTask<?> task;
        boolean cancelled;

        Cancel(RemoteTask<?> task) {
            this.task = task;
        }

        @Override
        protected void act() {
            cancelled = task.cancel(true);
        }
    }

    private static final class AddDependent extends Actor {
        private final RemoteTask<Integer> task;
        final Dependents dependents = new Dependents();
        CompletableFuture<Integer> stage;

        AddDependent(RemoteTask<Integer> task) {
            this.task = task;
        }

        @Override
        protected void act() {
            stage = task.stage();
            dependents.add(stage);
        }
    }

    /** Something that depends on a task, and counts how often it runs. */
    private static final class Dependents implements Runnable {
        final AtomicInteger runs = new AtomicInteger();
        private Thread notHere;
        private Thread norHere;

        void mayNotRunOn(Thread one, Thread other) {
            notHere = one;
            norHere = other;
        }

        void add(CompletableFuture<?> stage) {
            CompletableFuture<?> unused = stage.whenComplete((value, failure) -> run());
        }

        @Override
        public void run() {
            Thread here = Thread.currentThread();
            if (here == notHere || here == norHere) {
                runs.addAndGet(100);
            }
            runs.incrementAndGet();
        }
    }
}
