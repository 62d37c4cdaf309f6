/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.internal.execution.AnswerSink;
import io.loky.internal.execution.TaskStack;
import io.loky.internal.wire.Interrupt;
import io.loky.internal.wire.Look;
import io.loky.internal.wire.StackSample;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread that runs tasks, as the parent may treat it: it is interrupted, and looked at, while the code of one certain task
 * is on it and at no other time. So no later task meets an interrupt that was not meant for it, and neither does what the
 * library itself does on that thread: some channels are closed by an interrupt.
 *
 * <pre>
 *   codeBegins(7) ......... code of task #7 ......... codeEnds: from here on nobody interrupts, and the flag is clear
 *                    |            |    |    |
 *                    interrupt    samples, while it goes on
 * </pre>
 *
 * Both ends, and each interrupt and look in between, hold one lock. What the parent asks for is done by a thread of its own, which
 * is there once something was asked for: an interrupt may run code of the user's, and whoever reads the channel must not wait.
 *
 * <p>A request may be there before its task, since the parent writes from several threads. So it is kept in mind which task is not
 * wanted any more: that one is not begun, and neither is the next item of such a chunk.
 */
final class TaskThread {
    /** Enough to tell a task that is stuck from one that is busy. */
    private static final int SAMPLES = 10;

    /** The last sample should be there well before the parent's patience ends. */
    private static final int PAUSES = SAMPLES + 2;

    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** However long the parent waits, a task that has not moved for a second is stuck. */
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long NONE = -1;

    private final Thread thread = Thread.currentThread();
    private final AnswerSink out;

    // Guarded by this.
    private long executing = NONE;
    private long unwanted = NONE;
    private final Queue<Request> asked = new ArrayDeque<>(1);
    private boolean watched;

    // Of the watcher alone, of which there is one at a time.
    private long sampled = NONE;
    private int samplesLeft;
    private long pauseNanos;
    private long nextSampleNanos;

    /** Something that the watcher is to do. */
    private interface Request {
        void serve() throws IOException;
    }

    /** Made on the thread that runs tasks. */
    TaskThread(AnswerSink out) {
        this.out = out;
    }

    // ---- the thread itself ------------------------------------------------------------------------------------------

    /** From here on it is code of this task that runs. False if nobody wants that any more: then it is not to be run. */
    synchronized boolean codeBegins(long taskId) {
        if (!isWanted(taskId)) {
            return false;
        }
        executing = taskId;
        return true;
    }

    /** False once the parent has asked to interrupt this task: it drops the answer, whatever that is. */
    synchronized boolean isWanted(long taskId) {
        return taskId != unwanted;
    }

    /** From here on it is not, and an interrupt that was meant for it is gone. */
    synchronized void codeEnds() {
        executing = NONE;
        Thread.interrupted();
    }

    // ---- whoever reads the channel ----------------------------------------------------------------------------------

    /** The parent does not want this task any more. */
    synchronized void asked(Interrupt request) {
        unwanted = request.taskId();
        asked(() -> interrupt(request));
    }

    /** The parent wants to know where this task is. */
    void asked(Look request) {
        asked(() -> answer(request));
    }

    private synchronized void asked(Request request) {
        asked.add(request);
        notifyAll();
        if (!watched) {
            startWatching();
        }
    }

    private void startWatching() {
        try {
            Thread watcher = new Thread(null, this::watch, thread.getName() + "-tasks", 0, false);
            watcher.setDaemon(true);
            watcher.setContextClassLoader(ClassLoader.getSystemClassLoader()); // not the task's, which it would keep
            watcher.start();
            watched = true;
        } catch (Throwable e) {
            // There is no thread to be had. The parent kills this worker when its patience ends, and waits for no look.
        }
    }

    // ---- the watcher ------------------------------------------------------------------------------------------------

    private void watch() {
        try {
            for (; ; ) {
                try {
                    next().serve();
                } catch (InterruptedException e) {
                    // A task of the user's interrupted a thread that is not its own. What was asked for is still to be
                    // done.
                }
            }
        } catch (Throwable e) {
            // The parent is gone, which whoever reads the channel sees, too; or there is no memory, and the parent's
            // patience ends all the same. The next request has another watcher.
            synchronized (this) {
                watched = false;
            }
        }
    }

    /** A request, or a sample when it is time for one. */
    private synchronized Request next() throws InterruptedException {
        while (asked.isEmpty()) {
            if (samplesLeft == 0) {
                wait();
                continue;
            }
            long leftNanos = nextSampleNanos - System.nanoTime();
            if (leftNanos <= 0) {
                return this::sample;
            }
            wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNanos)));
        }
        return asked.remove();
    }

    private void answer(Look look) throws IOException {
        List<StackTraceElement> frames = framesOf(look.taskId());
        out.send(new StackSample(look.taskId(), look.number(), frames == null ? List.of() : frames).encode());
    }

    private void interrupt(Interrupt request) throws IOException {
        if (request.sampled()) {
            sampled = request.taskId();
            samplesLeft = SAMPLES;
            long pause = TimeUnit.MILLISECONDS.toNanos(request.graceMillis()) / PAUSES;
            pauseNanos = Math.min(LONGEST_PAUSE_NANOS, Math.max(SHORTEST_PAUSE_NANOS, pause));
            sample(); // before the interrupt, which may be the end of what it shows, and sent before the answer
        }
        interrupt(request.taskId());
    }

    private synchronized void interrupt(long taskId) {
        if (executing == taskId) {
            thread.interrupt();
        }
    }

    private void sample() throws IOException {
        List<StackTraceElement> frames = framesOf(sampled);
        samplesLeft = frames == null ? 0 : samplesLeft - 1;
        nextSampleNanos = System.nanoTime() + pauseNanos;
        if (frames != null && !frames.isEmpty()) {
            out.send(new StackSample(sampled, StackSample.UNASKED, frames).encode());
        }
    }

    /** Null if the task is not executed. */
    private synchronized @Nullable List<StackTraceElement> framesOf(long taskId) {
        return executing == taskId ? TaskStack.of(thread.getStackTrace()) : null;
    }
}
