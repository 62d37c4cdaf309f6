/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.parent.Model.Actor;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameType;
import java.util.ArrayList;
import java.util.List;

/** What a pool is to its tasks, for models: as {@link FakePool}, but with as few memory accesses as possible. */
final class ModelPool implements TaskOwner {
    private static final byte BARE_INT = 4;
    private static final byte OBJECT_STREAM = 1;

    private static final ObjectCodec CODEC = new ObjectCodec(ClassNames.of(null));

    private final List<Actor> aside = new ArrayList<>();
    private int lastId;

    <V> RemoteTask<V> sentTask() {
        return sentTask(null);
    }

    <V> RemoteTask<V> sentTask(V fixedResult) {
        RemoteTask<V> task = new RemoteTask<>(++lastId, Task.UNLIMITED, 0, this, "sample", CODEC, fixedResult);
        start(task);
        return task;
    }

    @Override
    public synchronized void start(RemoteTask<?> task) {
        if (task.state() == TaskState.NEW) {
            task.become(TaskState.SENT, "started by the model");
        }
    }

    @Override
    public boolean cancel(RemoteTask<?> task, boolean killWorker) {
        synchronized (this) {
            if (task.state().isTerminal()) {
                return false;
            }
            task.become(TaskState.CANCELLED, "cancelled by the model");
        }
        task.cancelled();
        return true;
    }

    /** The worker answers with this frame. Whether it was delivered. */
    boolean answer(RemoteTask<?> task, Frame frame) {
        synchronized (this) {
            if (task.state() != TaskState.SENT) {
                return false;
            }
            task.become(TaskState.DONE, "answered by the model");
        }
        task.answer(frame);
        return true;
    }

    /** The worker is gone. Whether the task died of it. */
    boolean lose(RemoteTask<?> task, Exception reason) {
        synchronized (this) {
            if (task.state() != TaskState.SENT) {
                return false;
            }
            task.become(TaskState.LOST, "lost by the model");
        }
        task.failLocally(reason);
        return true;
    }

    @Override
    public void runAside(Runnable dependent) {
        Actor actor = new Actor() {
            @Override
            protected void act() {
                dependent.run();
            }
        };
        synchronized (aside) {
            aside.add(actor);
        }
        actor.start();
    }

    /** Waits until all dependents that were started have run. */
    void finish() throws Exception {
        for (int i = 0; ; i++) {
            Actor next;
            synchronized (aside) {
                if (i == aside.size()) {
                    return;
                }
                next = aside.get(i);
            }
            next.finish();
        }
    }

    /** A number, which is decoded by the thread that delivers it. */
    static Frame number(int value) {
        return new Frame(FrameType.VALUE, 1, new byte[] {BARE_INT, 0, 0, 0, (byte) value}, 0);
    }

    /** An object, which is decoded by whoever asks for it: for tasks with a fixed result, since it holds nothing. */
    static Frame object() {
        return new Frame(FrameType.VALUE, 1, new byte[] {OBJECT_STREAM}, 0);
    }
}
