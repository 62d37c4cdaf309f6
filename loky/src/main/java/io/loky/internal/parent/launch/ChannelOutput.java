/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.parent.thread.ServiceThreads;
import io.loky.internal.wire.EncodedFrame;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The frames for one worker, from several threads, each written whole.
 *
 * <p>One thread writes at a time, and no thread waits for another: what it finds being written to, it leaves to the writer. So
 * a task that is submitted while a large class file is on its way to a worker that was stopped does not hold its submitter.
 */
final class ChannelOutput {
    /** A pipe takes so much without waiting for its reader: Linux 64 KiB, macOS no less when it is empty. */
    private static final int FITS_INTO_PIPE = 32 * 1024;

    private final Consumer<EncodedFrame> writer;

    // Guarded by this.
    private final Queue<EncodedFrame> waiting = new ArrayDeque<>(1);
    private boolean writing;

    /** What was written aside since the worker last answered a task, in bytes. Written under this. */
    private volatile int unread;

    /**
     * @param writer writes one frame. It throws nothing: where it cannot write, it ends the worker
     */
    ChannelOutput(Consumer<EncodedFrame> writer) {
        this.writer = writer;
    }

    /**
     * Writes on the calling thread what the pipe takes at once, since another thread would cost a switch per task. A worker that
     * was stopped does not read, so more than that is written on a thread that nobody waits for.
     */
    void send(EncodedFrame frame) {
        if (!begin(frame)) {
            return;
        }
        if (frame.length() > FITS_INTO_PIPE - unread) {
            ServiceThreads.execute(() -> writeAll(frame));
            return;
        }
        writer.accept(frame);
        EncodedFrame next = next();
        if (next != null) { // others have come meanwhile; they may be large
            ServiceThreads.execute(() -> writeAll(next));
        }
    }

    /** Writes on the calling thread, which may be held by a worker that does not read. */
    void sendAside(EncodedFrame frame) {
        aside(frame.length());
        if (begin(frame)) {
            writeAll(frame);
        }
    }

    private synchronized void aside(int length) {
        unread = Math.min(FITS_INTO_PIPE, unread + Math.min(FITS_INTO_PIPE, length));
    }

    /** The worker has answered a task: it has read that, and mostly all else that was written. */
    void answered() {
        if (unread != 0) {
            forgetAside();
        }
    }

    private synchronized void forgetAside() {
        unread = 0;
    }

    /** Whether the caller is the writer now; if not, the frame is left to the one who is. */
    private synchronized boolean begin(EncodedFrame frame) {
        if (writing) {
            waiting.add(frame);
            return false;
        }
        writing = true;
        return true;
    }

    /** The next frame for the writer; null if there is none, and then it is the writer no longer. */
    private synchronized @Nullable EncodedFrame next() {
        EncodedFrame frame = waiting.poll();
        writing = frame != null;
        return frame;
    }

    private void writeAll(EncodedFrame first) {
        for (EncodedFrame frame = first; frame != null; frame = next()) {
            writer.accept(frame);
        }
    }
}
