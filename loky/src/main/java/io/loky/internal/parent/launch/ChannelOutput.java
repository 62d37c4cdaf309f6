/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.parent.thread.ServiceThreads;
import io.loky.internal.wire.EncodedFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The frames for one worker, from several threads, each written whole and in the order in which they were queued.
 *
 * <p>One thread writes at a time, and no thread waits for another: what it finds being written to, it leaves to the writer. So
 * a task that is submitted while a large class file is on its way to a worker that was stopped does not hold its submitter. Small
 * frames that wait together are written together: a write costs more than what is in it.
 */
final class ChannelOutput {
    /** A pipe takes so much without waiting for its reader: Linux 64 KiB, macOS no less when it is empty. */
    private static final int FITS_INTO_PIPE = 32 * 1024;

    /** No more than this is copied to be written at once; the stream writes no more at once, either. */
    private static final int JOINED = 8 * 1024;

    private final Consumer<EncodedFrame> writer;

    // Guarded by this.
    private final ArrayDeque<EncodedFrame> waiting = new ArrayDeque<>();
    private final List<EncodedFrame> joining = new ArrayList<>();
    private boolean writing;

    /** What was written aside and is not known to be read, in bytes. Written under this. */
    private volatile int unread;

    /** How many tasks were queued before that. Guarded by this, as are the next two. */
    private long tasksBefore;

    private long tasks;

    /** How many of them are known to be read, or to be no matter: each before all that was queued later. */
    private long tasksRead;

    /**
     * @param writer writes one frame. It throws nothing: where it cannot write, it ends the worker
     */
    ChannelOutput(Consumer<EncodedFrame> writer) {
        this.writer = writer;
    }

    /** Gives a frame its place in the order. It is written by the next {@link #flush}, or by who writes now. */
    synchronized void queue(EncodedFrame frame) {
        waiting.add(frame);
    }

    /** {@link #queue} for a task, which will be {@link #answered}, or {@link #takenBack}. */
    synchronized void queueTask(EncodedFrame frame) {
        waiting.add(frame);
        tasks++;
    }

    /** {@link #queue}, and {@link #flush}. */
    void send(EncodedFrame frame) {
        queue(frame);
        flush();
    }

    /**
     * Writes on the calling thread what the pipe takes at once, since another thread would cost a switch per task. A worker that
     * was stopped does not read, so more than that is written on a thread that nobody waits for.
     */
    void flush() {
        EncodedFrame frame = begin();
        int written = 0;
        while (frame != null) {
            written += (int) Math.min(frame.length(), FITS_INTO_PIPE + 1);
            if (written > FITS_INTO_PIPE - unread) {
                EncodedFrame first = frame;
                ServiceThreads.execute(() -> writeAll(first));
                return;
            }
            writer.accept(frame);
            frame = next();
        }
    }

    /** Writes on the calling thread, which may be held by a worker that does not read. */
    void sendAside(EncodedFrame frame) {
        aside(frame.length());
        queue(frame);
        EncodedFrame first = begin();
        if (first != null) {
            writeAll(first);
        }
    }

    private synchronized void aside(long length) {
        unread = (int) Math.min(FITS_INTO_PIPE, unread + length);
        tasksBefore = tasks;
    }

    /** The worker has answered a task: it has read all that was written before that, and mostly all else. */
    void answered() {
        takenBack(1);
    }

    /** So many tasks will not be answered. */
    synchronized void takenBack(long count) {
        tasksRead += count;
        if (tasksRead >= tasksBefore) {
            unread = 0;
        }
    }

    /** What the caller is to write, which is the writer now; null if another one is, or nothing waits. */
    private synchronized @Nullable EncodedFrame begin() {
        return writing ? null : next();
    }

    /** The next for the writer; null if there is none, and then it is the writer no longer. */
    private synchronized @Nullable EncodedFrame next() {
        EncodedFrame frame = waiting.poll();
        writing = frame != null;
        if (frame == null || waiting.isEmpty()) {
            return frame;
        }
        try {
            long length = frame.length();
            joining.add(frame);
            for (EncodedFrame more : waiting) {
                length += more.length();
                if (length > JOINED
                        || !frame.sections().isEmpty()
                        || !more.sections().isEmpty()) {
                    break;
                }
                joining.add(more);
            }
            EncodedFrame joined = joining.size() == 1 ? frame : EncodedFrame.joined(joining);
            for (int i = 1; i < joining.size(); i++) {
                waiting.remove();
            }
            return joined;
        } catch (OutOfMemoryError e) { // each alone: nobody else would be the writer, and all would wait for ever
            return frame;
        } finally {
            joining.clear();
        }
    }

    private void writeAll(EncodedFrame first) {
        for (EncodedFrame frame = first; frame != null; frame = next()) {
            writer.accept(frame);
        }
    }
}
