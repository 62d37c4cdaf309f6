/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.internal.wire.ForgetBroadcast;
import io.loky.internal.wire.ForgetLoader;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameReader;
import io.loky.internal.wire.Interrupt;
import io.loky.internal.wire.Look;
import io.loky.internal.worker.classes.Mirrors;
import io.loky.internal.worker.health.IdleMemory;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Where the worker's main thread gets its frames, and the watch over the parent.
 *
 * <p>The thread that runs tasks also reads the channel: a reader thread in between would cost a switch of threads for
 * every task. But while it runs a task nobody would read, and the end of the stream, which is how a worker learns that
 * its parent is gone, would go unnoticed until the task ends, perhaps never. So a second thread, the watcher, takes over
 * the reading when a task has run for {@value #LONG_TASK_MILLIS} ms:
 *
 * <pre>
 *   main      read task, run it .......... (long) ........ done, wait for the watcher's frame ... run it, read ...
 *   watcher   parked    | 20 ms  | reads (blocked) ............................... got a frame, hands it over, parks
 * </pre>
 *
 * The hand-over costs one switch of threads after a task that took 20 ms or more, and nothing otherwise. While the
 * worker is idle the watcher is parked without a time-out: nothing polls. What the parent wants of a task that it interrupts comes
 * through here, too: it must leave that task most of its grace.
 *
 * <p>A thread that has asked the parent for a class or a broadcast (see {@link Questions}) cannot wait for these 20 ms: the watcher reads at
 * once while a question is open, unless the main thread is reading anyway. Whoever reads sends each frame where it belongs.
 *
 * <p>While tasks follow each other closely the main thread looks for the next one for a moment before it sleeps: to be woken
 * on another core costs more than the parent needs to send it. It stops doing so as soon as one comes later than that.
 */
final class Inbox {
    private static final long LONG_TASK_MILLIS = 20;

    /** How long to look before sleeping: a round trip through the parent's reader thread takes some 30 microseconds. */
    private static final long LOOK_NANOS = 50_000;

    /** A frame that came later than this after it was asked for was not worth looking for. */
    private static final long SOON_NANOS = 2 * LOOK_NANOS;

    private final FrameReader in;
    private final Questions questions;
    private final Mirrors mirrors;
    private final TaskThread thread;
    private final Consumer<UUID> onBroadcastOver;
    private final Consumer<Throwable> onEnd;

    /** Whoever reads uses it. */
    private final IdleMemory memory = new IdleMemory();

    /** Whether the last frame came soon. Only the main thread uses it. */
    private boolean frequent;

    // Guarded by this.
    private boolean busy;
    private long busySinceNanos;
    private boolean watcherParked;
    private boolean watcherReads;

    /**
     * Tasks, and the word to leave, that the watcher has read for the main thread. No more than the parent sends ahead: a worker
     * that has so many gets no more before it has answered some.
     */
    private final Queue<Frame> handedOver = new ArrayDeque<>();

    /**
     * @param questions get their answers from here
     * @param mirrors hear from here which of them are not needed any more
     * @param thread hears from here what the parent wants of a task that runs
     * @param onBroadcastOver hears from here which broadcasts are over; must not block
     * @param onEnd ends this JVM; called on the watcher when the channel ends or breaks while it reads, or it fails itself
     */
    Inbox(
            FrameReader in,
            Questions questions,
            Mirrors mirrors,
            TaskThread thread,
            Consumer<UUID> onBroadcastOver,
            Consumer<Throwable> onEnd) {
        this.in = in;
        this.questions = questions;
        this.mirrors = mirrors;
        this.thread = thread;
        this.onBroadcastOver = onBroadcastOver;
        this.onEnd = onEnd;
        questions.readBy(this::wake);
    }

    private synchronized void wake() {
        notifyAll();
    }

    void startWatching() {
        Thread watcher = new Thread(this::watch, Thread.currentThread().getName() + "-watcher");
        watcher.setDaemon(true);
        watcher.start();
    }

    /**
     * Main thread: the next frame.
     *
     * @throws EOFException if the parent is gone
     * @throws IOException if the channel is broken
     */
    Frame next() throws IOException {
        synchronized (this) {
            busy = false;
            while (watcherReads && handedOver.isEmpty()) {
                waitFor(0);
            }
            Frame frame = handedOver.poll();
            if (frame != null) {
                return frame;
            }
        }
        long asked = System.nanoTime();
        if (frequent) {
            look(asked + LOOK_NANOS);
        }
        Frame frame;
        do {
            frame = read();
        } while (isAside(frame));
        frequent = System.nanoTime() - asked < SOON_NANOS;
        return frame;
    }

    /** Main thread: whether a frame is there for {@link #next}, or comes within this time. */
    boolean hasNextWithin(long millis) throws IOException {
        long asked = System.nanoTime();
        while (!hasNext()) {
            if (System.nanoTime() - asked >= millis * 1_000_000) {
                return false;
            }
            synchronized (this) {
                waitFor(1); // no read of a pipe ends after some time
            }
        }
        return true;
    }

    private boolean hasNext() throws IOException {
        synchronized (this) {
            busy = false;
            if (watcherReads || !handedOver.isEmpty()) { // then the stream is the watcher's, or comes after these
                return !handedOver.isEmpty();
            }
        }
        return in.isReady();
    }

    private void look(long until) throws IOException {
        while (!in.isReady() && System.nanoTime() - until < 0) {
            Thread.onSpinWait();
        }
    }

    /** Main thread: something begins that may take long. It ends with the next call of {@link #next}. */
    synchronized void begin() {
        busy = true;
        busySinceNanos = System.nanoTime();
        if (watcherParked) {
            notifyAll();
        }
    }

    private void watch() {
        try {
            for (; ; ) {
                awaitNeed();
                Frame frame = read();
                boolean aside = isAside(frame);
                synchronized (this) {
                    if (!aside) {
                        handedOver.add(frame);
                    }
                    watcherReads = false;
                    notifyAll();
                }
            }
        } catch (Throwable e) { // without the watcher the main thread would wait for it forever
            onEnd.accept(e);
        }
    }

    /** Watcher: until nobody else reads and somebody must. */
    private synchronized void awaitNeed() {
        while (!watcherReads) {
            if (busy && questions.areOpen()) {
                watcherReads = true;
                return;
            }
            if (!busy) {
                watcherParked = true;
                waitFor(0);
                watcherParked = false;
                continue;
            }
            // Also where tasks wait that were sent ahead: what the parent wants of the one that runs comes behind them.
            long leftMillis = LONG_TASK_MILLIS - (System.nanoTime() - busySinceNanos) / 1_000_000;
            if (leftMillis > 0) {
                waitFor(leftMillis);
            } else {
                watcherReads = true;
            }
        }
    }

    /** Whether the frame was no task and no word to leave, and is now where it belongs. */
    private boolean isAside(Frame frame) throws IOException {
        switch (frame.type()) {
            case CLASS_ANSWER, BROADCAST_ANSWER -> questions.answered(frame);
            case FORGET_BROADCAST -> onBroadcastOver.accept(ForgetBroadcast.decode(frame));
            case FORGET -> mirrors.forget(ForgetLoader.decode(frame));
            case INTERRUPT -> thread.asked(Interrupt.decode(frame));
            case LOOK -> thread.asked(Look.decode(frame));
            case COLLECT -> {
                if (isIdle()) { // else a task has come at the same moment, and is the one that runs now
                    memory.giveBack();
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Whether the main thread waits for a frame; the watcher may be the one who reads it, after a long task. */
    private synchronized boolean isIdle() {
        return !busy;
    }

    private Frame read() throws IOException {
        Frame frame = in.read();
        if (frame == null) {
            throw new EOFException("the parent is gone");
        }
        return frame;
    }

    @SuppressWarnings("WaitNotInLoop") // the callers loop
    private void waitFor(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            // A task of the user's interrupted a thread that is not its own. Nothing here ends by interruption; the
            // callers look at their condition again.
        }
    }
}
