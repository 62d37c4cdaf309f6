/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.ProcessPoolOptions.Receipts;
import io.loky.SerializableCallable;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.codec.TaskHeader;
import io.loky.internal.execution.Meter;
import io.loky.internal.parent.classes.TaskClassNames;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskOwner;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class CallerRunTest {
    private static final TaskOwner NOBODY = new TaskOwner() {
        @Override
        public boolean cancel(RemoteTask<?> task, boolean killWorker) {
            task.cancelled();
            return true;
        }

        @Override
        public void start(RemoteTask<?> task) {
            throw new AssertionError("nobody starts it");
        }
    };

    private static <T> RemoteTask<T> task(SerializableCallable<T> callable) throws Exception {
        TaskClassNames names = new TaskClassNames(callable.getClass());
        ObjectCodec codec = new ObjectCodec(names);
        RemoteTask<T> task = new RemoteTask<>(7, Task.UNLIMITED, 0, NOBODY, "sample", codec, null);
        FrameBuffer buffer = FrameBuffer.take();
        TaskHeader.write(names.root(), List.of(), buffer);
        TaskCall.of((Callable<T>) callable).write(codec, buffer);
        task.encoded(buffer.finish(FrameType.TASK, task.id()));
        return task;
    }

    private static <T> RemoteTask<T> run(RemoteTask<T> task) throws Exception {
        task.answer(Objects.requireNonNull(CallerRun.run(task, Meter.OFF, FrameBuffer.NOTHING_ASIDE)));
        return task;
    }

    @Test
    void run_task_runsOnThisThreadWithACopyOfWhatItHolds() throws Exception {
        StringBuilder held = new StringBuilder("held");
        RemoteTask<List<String>> task = task(
                () -> List.of(Thread.currentThread().getName(), held.append("!").toString()));

        assertThat(run(task).get()).containsExactly(Thread.currentThread().getName(), "held!");
        assertThat(held).hasToString("held");
    }

    @Test
    void run_taskThrows_isItsAnswer() throws Exception {
        RemoteTask<Integer> task = run(task(() -> {
            throw new IllegalStateException("no");
        }));

        assertThatThrownBy(task::get)
                .isExactlyInstanceOf(ExecutionException.class)
                .hasRootCauseExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void run_withAMeter_isMeasured() throws Exception {
        Frame answer = CallerRun.run(task(() -> 1), Meter.of(Receipts.FULL, false), FrameBuffer.NOTHING_ASIDE);

        assertThat(answer).isNotNull();
        assertThat(answer.measured()).isNotNull();
        assertThat(answer.measured().cpuNanos()).isPositive();
    }

    @Test
    void run_threadIsInterruptedAndHasALoader_keepsBoth() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        ClassLoader own = new ClassLoader(before) {};
        Thread.currentThread().setContextClassLoader(own);
        Thread.currentThread().interrupt();
        try {
            Frame answer = CallerRun.run(
                    task(() -> Thread.currentThread().isInterrupted()), Meter.OFF, FrameBuffer.NOTHING_ASIDE);

            assertThat(ObjectCodec.isBare(Objects.requireNonNull(answer).payload()))
                    .isTrue();
            assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(own);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void run_taskIsOver_doesNothing() throws Exception {
        RemoteTask<Integer> task = task(() -> 1);
        task.failLocally(new IllegalStateException("over"));

        assertThat(CallerRun.run(task, Meter.OFF, FrameBuffer.NOTHING_ASIDE)).isNull();
    }
}
