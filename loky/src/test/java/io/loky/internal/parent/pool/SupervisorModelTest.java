/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static io.loky.internal.parent.Model.require;

import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture.Status;
import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.parent.Model;
import io.loky.internal.parent.Model.Actor;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.jvm.KeepAlive;
import io.loky.internal.parent.launch.WorkerEvents;
import io.loky.internal.parent.launch.WorkerHandle;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.Task;
import io.loky.internal.wire.BeginMark;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameType;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The shell around the pool's state: what its threads do at the same time, in every order of their steps. */
@Tag("model")
@Timeout(300)
class SupervisorModelTest {
    private static final int SCHEDULES = 8;
    private static final ObjectCodec CODEC = new ObjectCodec(ClassNames.of(null));
    private static final byte BARE_INT = 4;
    private static final ProcessPoolOptions OPTIONS =
            ProcessPoolOptions.builder().maxWorkers(1).build();

    /** Rejected, or executed: never taken and forgotten. */
    @Test
    void submit_againstShutdown_isRejectedOrExecuted() {
        Model.check(SCHEDULES, () -> {
            ModelWorker worker = new ModelWorker();
            Supervisor pool = supervisor(worker);
            RemoteTask<Integer> task = task(pool);
            Submit submit = new Submit(pool, task);
            submit.start();
            pool.shutdown();
            submit.finish();

            if (submit.accepted) {
                worker.becomesReady();
                require(worker.sent && !pool.isTerminated(), "taken, and not executed");
                worker.answers();
                require(task.resultNow() == 7, "another value");
                require(worker.retired, "an idle worker stays in a pool that was shut down");
                worker.dies(false);
            } else {
                require(!task.isDone() && worker.events == null, "rejected, and begun");
            }
            require(pool.isTerminated(), "not terminated");
        });
    }

    @Test
    void submit_againstShutdownNow_isRejectedOrFails() {
        Model.check(SCHEDULES, () -> {
            ModelWorker worker = new ModelWorker();
            Supervisor pool = supervisor(worker);
            RemoteTask<Integer> task = task(pool);
            Submit submit = new Submit(pool, task);
            submit.start();
            List<Runnable> neverSent = pool.shutdownNow();
            submit.finish();

            if (submit.accepted) {
                require(task.status() == Status.FAILED && neverSent.contains(task), "taken, and forgotten");
                require(worker.killed, "a worker is left");
                worker.dies(false);
            } else {
                require(!task.isDone() && neverSent.isEmpty(), "rejected, and given back");
            }
            require(pool.isTerminated(), "not terminated");
        });
    }

    @Test
    void cancel_againstTheAnswer_oneWins() {
        Model.check(SCHEDULES, () -> {
            ModelWorker worker = new ModelWorker();
            Supervisor pool = supervisor(worker);
            RemoteTask<Integer> task = running(pool, worker);
            Answer answer = new Answer(worker);
            answer.start();
            boolean cancelled = task.cancel(false);
            answer.finish();

            require(task.isDone() && task.isCancelled() == cancelled, "both won, or none");
            require(cancelled || task.resultNow() == 7, "another value");
            pool.shutdown();
            require(worker.retired, "the worker is not free after its answer");
            worker.dies(false);
            require(pool.isTerminated(), "not terminated");
        });
    }

    /** One that is interrupted right when it answers goes on, with neither a task nor a grace. */
    @Test
    void cancelTrue_againstTheAnswer_oneWinsAndTheWorkerIsFree() {
        Model.check(SCHEDULES, () -> {
            ModelWorker worker = new ModelWorker();
            Supervisor pool = supervisor(worker);
            RemoteTask<Integer> task = running(pool, worker);
            Answer answer = new Answer(worker);
            answer.start();
            boolean cancelled = task.cancel(true);
            answer.finish();

            require(task.isDone() && task.isCancelled() == cancelled, "both won, or none");
            require(cancelled || !worker.interrupted, "interrupted, and not cancelled");
            pool.shutdown();
            require(worker.retired && !worker.killed, "the worker is not free after its answer");
            worker.dies(false);
            require(pool.isTerminated(), "not terminated");
        });
    }

    @Test
    void cancel_againstTheWorkersDeath_oneWins() {
        Model.check(SCHEDULES, () -> {
            ModelWorker worker = new ModelWorker();
            Supervisor pool = supervisor(worker);
            RemoteTask<Integer> task = running(pool, worker);
            Actor death = new Actor() {
                @Override
                protected void act() {
                    worker.dies(true);
                }
            };
            death.start();
            boolean cancelled = task.cancel(true);
            death.finish();

            require(task.isDone() && task.isCancelled() == cancelled, "both won, or none");
            pool.shutdownNow();
        });
    }

    @Test
    void shutdownNow_againstTheAnswer_endsTheFutureOnce() {
        Model.check(SCHEDULES, () -> {
            ModelWorker worker = new ModelWorker();
            Supervisor pool = supervisor(worker);
            RemoteTask<Integer> task = running(pool, worker);
            Answer answer = new Answer(worker);
            answer.start();
            pool.shutdownNow();
            answer.finish();

            require(task.status() == Status.FAILED || task.resultNow() == 7, "not done");
            require(worker.killed, "a worker is left");
            worker.dies(false);
            require(pool.isTerminated(), "not terminated");
        });
    }

    // ---- the actors -----------------------------------------------------------------------------------------------

    private static Supervisor supervisor(ModelWorker worker) {
        return new Supervisor(
                "pool",
                OPTIONS,
                (number, index, max) -> number == 1 ? worker : new ModelWorker(),
                new NoKeeper(),
                NoAlarm::new);
    }

    private static RemoteTask<Integer> task(Supervisor pool) {
        RemoteTask<Integer> task = new RemoteTask<>(1, Task.UNLIMITED, 0, pool, "sample", CODEC, null);
        task.encoded(EncodedFrame.empty(FrameType.TASK));
        return task;
    }

    private static RemoteTask<Integer> running(Supervisor pool, ModelWorker worker) {
        RemoteTask<Integer> task = task(pool);
        pool.start(task);
        worker.becomesReady();
        require(worker.sent, "not sent");
        return task;
    }

    private static final class Submit extends Actor {
        private final Supervisor pool;
        private final RemoteTask<Integer> task;
        private boolean accepted;

        Submit(Supervisor pool, RemoteTask<Integer> task) {
            this.pool = pool;
            this.task = task;
        }

        @Override
        protected void act() {
            try {
                pool.start(task);
                accepted = true;
            } catch (RejectedExecutionException e) {
                accepted = false;
            }
        }
    }

    private static final class Answer extends Actor {
        private final ModelWorker worker;

        Answer(ModelWorker worker) {
            this.worker = worker;
        }

        @Override
        protected void act() {
            worker.answers();
        }
    }

    /** The model's clock stands still. */
    private static final class NoAlarm extends PoolAlarm {
        NoAlarm(Runnable ring) {
            super(ring);
        }

        @Override
        synchronized void ringBy(long nanos) {}
    }

    /** Starts no thread. */
    private static final class NoKeeper extends KeepAlive {
        @Override
        public void hold() {}

        @Override
        public void release() {}
    }

    private static final class ModelWorker implements WorkerHandle {
        private volatile @Nullable WorkerEvents events;
        private volatile boolean sent;
        private volatile boolean retired;
        private volatile boolean killed;
        private volatile boolean interrupted;

        void becomesReady() {
            told().ready();
        }

        void answers() {
            told().answered(new Frame(FrameType.VALUE, 1, new byte[] {BARE_INT, 0, 0, 0, 7}, 0));
        }

        void dies(boolean begun) {
            BeginMark.Reading mark = begun ? new BeginMark.Reading(1, BeginMark.Phase.RUNNING) : BeginMark.Reading.NONE;
            told().gone(new WorkerEnd(1, true, OptionalInt.of(1), Duration.ZERO, 0, mark, List.of(), null));
            told().cleared();
        }

        private WorkerEvents told() {
            WorkerEvents listener = events;
            if (listener == null) {
                throw new AssertionError("not started");
            }
            return listener;
        }

        @Override
        public void start(WorkerEvents listener) {
            events = listener;
        }

        @Override
        public OptionalLong pid() {
            return OptionalLong.empty();
        }

        @Override
        public void queue(EncodedFrame frame) {}

        @Override
        public void flush() {
            sent = true;
        }

        @Override
        public void retire() {
            retired = true;
        }

        @Override
        public void interrupt(long taskId, long graceNanos, boolean sampled) {
            interrupted = true;
        }

        @Override
        public void kill() {
            killed = true;
        }

        @Override
        public void abandon() {}

        @Override
        public long beats() {
            return -1;
        }
    }
}
