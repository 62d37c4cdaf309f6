/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import io.loky.internal.wire.AnswerLog;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.ItemAnswer;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of answers from the items of a chunk to the parent. They are collected and sent together, at the latest
 * {@value #LATEST_MILLIS} ms after the first of them, by a thread of its own if the next item takes longer than that. Until they
 * are sent they are safe in the {@link AnswerLog}; where there is none each is sent at once. The last one needs no such
 * safety: it is sent with the end of the chunk.
 */
public final class ItemAnswers {
    /** A consumer hardly notices it, and a chunk of automatic size is sent in a few frames. */
    private static final int LATEST_MILLIS = 5;

    private final AnswerSink out;
    private final Supplier<@Nullable AnswerLog> makeLog;
    private boolean logMade;

    /** Its own methods are called by the runner alone where they do not concern answers. */
    private @Nullable AnswerLog log;

    // Guarded by this.
    private long taskId;
    private FrameBuffer batch = FrameBuffer.take();
    private int begun;
    private int answered;
    private int sent;
    private boolean senderParked;

    /**
     * @param makeLog is asked when the first chunk of several items comes; null if answers are safe without, or cannot be made so
     */
    public ItemAnswers(AnswerSink out, Supplier<@Nullable AnswerLog> makeLog) {
        this.out = out;
        this.makeLog = makeLog;
    }

    /** A chunk of so many items begins. */
    synchronized void start(long id, int items) throws IOException {
        if (!logMade && items > 1) {
            logMade = true;
            log = makeLog.get();
            if (log != null) {
                startSender();
            }
        }
        taskId = id;
        begun = 0;
        answered = 0;
        sent = 0;
        newBatch();
        if (log != null) {
            log.start(id);
        }
    }

    private void newBatch() throws IOException {
        batch = FrameBuffer.take();
        ItemAnswer.startBatch(batch);
    }

    /** The next item is begun now. */
    synchronized void begin() {
        begun++;
        if (log != null) {
            log.begun(begun);
        }
    }

    /** The item that was begun is answered, and it is not the last one. */
    synchronized void answer(FrameType type, FrameBuffer answer) throws IOException {
        int length = ItemAnswer.HEADER + answer.size();
        if (log == null || length > AnswerLog.CAPACITY || answer.asideCount() > 0) {
            sendAlone(type, answer);
            return;
        }
        if (collected() + length > AnswerLog.CAPACITY) {
            send();
        }
        int from = batch.size();
        ItemAnswer.write(type, answer, batch);
        log.append(batch, from);
        answered++;
        if (senderParked) {
            notifyAll();
        }
    }

    /** The last item is answered: the frame that ends the chunk. */
    synchronized EncodedFrame last(FrameType type, FrameBuffer answer, long nanos) throws IOException {
        if (ItemAnswer.HEADER + answer.size() > AnswerLog.CAPACITY || answer.asideCount() > 0) {
            sendAlone(type, answer);
        } else {
            ItemAnswer.write(type, answer, batch);
        }
        return end(nanos);
    }

    /** No more items are answered: the frame that ends the chunk. */
    synchronized EncodedFrame end(long nanos) throws IOException {
        batch.putLong(0, nanos);
        EncodedFrame frame = batch.finish(FrameType.VALUE, taskId);
        newBatch();
        return frame;
    }

    private int collected() {
        return batch.size() - ItemAnswer.FIRST;
    }

    private void sendAlone(FrameType type, FrameBuffer answer) throws IOException {
        if (collected() > 0) {
            send();
        }
        ItemAnswer.write(type, answer, batch);
        answered++;
        send();
    }

    private void send() throws IOException {
        EncodedFrame frame = batch.finish(FrameType.PARTIAL, taskId);
        newBatch();
        out.send(frame);
        sent = answered;
        if (log != null) {
            log.sent(sent);
        }
    }

    private void startSender() {
        Thread sender = new Thread(this::sendInTime, Thread.currentThread().getName() + "-answers");
        sender.setDaemon(true);
        sender.start();
    }

    private synchronized void sendInTime() {
        try {
            for (; ; ) {
                if (collected() == 0) {
                    senderParked = true;
                    pause(0);
                    senderParked = false;
                    continue;
                }
                long task = taskId;
                int before = sent;
                pause(LATEST_MILLIS);
                if (task == taskId && before == sent && collected() > 0) {
                    send();
                }
            }
        } catch (IOException e) {
            // The parent is gone. Whoever reads the channel sees it too, and ends this JVM.
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the caller loops
    private void pause(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            // A task of the user's interrupted a thread that is not its own. The caller looks at its condition again.
        }
    }
}
