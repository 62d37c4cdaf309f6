/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.ThrowableCodec;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What a pool is to its tasks, without workers: the test answers. Keeps the pool's rule that one lock decides who wins. */
final class FakePool implements TaskOwner {
    private final AtomicLong lastId = new AtomicLong();
    private final List<String> cancels = new ArrayList<>();
    private boolean shutDown;

    synchronized void shutDown() {
        shutDown = true;
    }

    <V> RemoteTask<V> newTask() {
        return newTask(null);
    }

    <V> RemoteTask<V> newTask(@Nullable V fixedResult) {
        return new RemoteTask<>(
                lastId.incrementAndGet(),
                Task.UNLIMITED,
                0,
                this,
                "sample",
                new ObjectCodec(ClassNames.of(FakePool.class.getClassLoader())),
                fixedResult);
    }

    /** A task that a worker has. */
    <V> RemoteTask<V> sentTask() {
        RemoteTask<V> task = newTask();
        start(task);
        return task;
    }

    @Override
    public synchronized void start(RemoteTask<?> task) {
        if (shutDown) {
            throw new RejectedExecutionException("shut down");
        }
        if (task.state() == TaskState.NEW) {
            task.become(TaskState.SENT, "started by the test");
        }
    }

    @Override
    public boolean cancel(RemoteTask<?> task, boolean killWorker) {
        synchronized (this) {
            if (task.state().isTerminal()) {
                return false;
            }
            task.become(TaskState.CANCELLED, "cancelled by the test");
            cancels.add("#" + task.id() + (killWorker ? " kill" : ""));
        }
        task.cancelled();
        return true;
    }

    /** The cancellations that won, in order. */
    synchronized List<String> cancels() {
        return List.copyOf(cancels);
    }

    /** The worker returns this value. Whether it was delivered. */
    boolean answer(RemoteTask<?> task, @Nullable Object value) {
        return answer(task, valueFrame(task, value));
    }

    /** The worker answers with this frame. Whether it was delivered. */
    boolean answer(RemoteTask<?> task, Frame frame) {
        synchronized (this) {
            if (task.state() != TaskState.SENT) {
                return false;
            }
            task.become(TaskState.DONE, "answered by the test");
        }
        task.answer(frame);
        return true;
    }

    static Frame valueFrame(RemoteTask<?> task, @Nullable Object value) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            new ObjectCodec(ClassNames.of(FakePool.class.getClassLoader())).write(value, out);
            return new Frame(FrameType.VALUE, task.id(), out.toByteArray(), 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Frame errorFrame(RemoteTask<?> task, Throwable thrown) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            new ThrowableCodec(new ObjectCodec(ClassNames.of(FakePool.class.getClassLoader())))
                    .write(thrown, "io.loky.internal.worker.", out);
            return new Frame(FrameType.ERROR, task.id(), out.toByteArray(), 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
