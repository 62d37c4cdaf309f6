/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.internal.wire.BroadcastAnswer;
import io.loky.internal.wire.BroadcastAsk;
import io.loky.internal.wire.ClassAnswer;
import io.loky.internal.wire.ClassAsk;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameOutput;
import io.loky.internal.worker.broadcast.BroadcastLine;
import io.loky.internal.worker.classes.ParentLine;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The questions of this worker that its parent has not answered yet.
 *
 * <p>Any thread may ask, at any time: classes are loaded by threads of the user's, in shutdown hooks, at the end of a stack
 * that is about to overflow. None of them touches the channel. A thread that is stopped, or interrupted while it is a
 * virtual one, or that runs out of stack in the middle of a frame, would break the channel for all others; so one thread of
 * ours writes the questions, and one of ours (see {@link Inbox}) reads the answers. That is two switches of threads more for
 * each question, of which there are few: with a class come those that it refers to.
 */
final class Questions implements ParentLine, BroadcastLine {
    private final FrameOutput out;
    private final Consumer<Throwable> onEnd;
    private final AtomicLong last = new AtomicLong();
    private final Map<Long, Question<?>> open = new ConcurrentHashMap<>();

    /** Guarded by itself. */
    private final Queue<EncodedFrame> toSend = new ArrayDeque<>();

    private final String threadName;

    /** Guarded by this. */
    private boolean started;

    /** Sees to it that somebody reads the answers. */
    private volatile Runnable onAsked = () -> {};

    /**
     * @param onEnd ends this JVM, since the parent cannot be reached
     */
    Questions(FrameOutput out, Consumer<Throwable> onEnd) {
        this.out = out;
        this.onEnd = onEnd;
        this.threadName = Thread.currentThread().getName() + "-questions";
    }

    /**
     * @param wake is run after each question; it sees to it that somebody reads the answers
     */
    void readBy(Runnable wake) {
        onAsked = wake;
    }

    @Override
    public ClassAnswer ask(ClassAsk question) {
        return ask(question::encode, e -> ClassAnswer.refused("it has too long a name: " + e.getMessage()), frame -> {
            try {
                return ClassAnswer.decode(frame);
            } catch (OutOfMemoryError e) { // whoever asked hears it; here it would end the worker
                return ClassAnswer.noMemory(frame.payload().length);
            }
        });
    }

    @Override
    public BroadcastAnswer ask(BroadcastAsk question) {
        return ask(
                question::encode, e -> BroadcastAnswer.refused("it cannot be asked for: " + e.getMessage()), frame -> {
                    try {
                        return BroadcastAnswer.decode(frame);
                    } catch (OutOfMemoryError e) { // in the same way
                        return BroadcastAnswer.noMemory(frame.payload().length);
                    }
                });
    }

    /** Something that is asked, as a frame with this number. */
    private interface Asked {
        EncodedFrame encode(long number) throws IOException;
    }

    /** Reads the answer, on the thread that reads the channel. */
    private interface Reading<A> {
        A of(Frame frame) throws IOException;
    }

    private <A> A ask(Asked question, Function<IOException, A> tooLong, Reading<A> reading) {
        long number = last.incrementAndGet();
        Question<A> asked = new Question<>(reading);
        EncodedFrame frame;
        try {
            frame = question.encode(number);
        } catch (IOException e) {
            return tooLong.apply(e);
        }
        start();
        open.put(number, asked);
        synchronized (toSend) {
            toSend.add(frame);
        }
        wake();
        return asked.await(this::wake);
    }

    private void wake() {
        synchronized (toSend) {
            toSend.notifyAll();
        }
        onAsked.run();
    }

    /** A worker that has all its classes does without the thread. */
    private synchronized void start() {
        if (!started) {
            Thread writer = new Thread(null, this::write, threadName, 0, false);
            writer.setDaemon(true);
            writer.setContextClassLoader(ClassLoader.getSystemClassLoader()); // not the task's, which it would keep
            writer.start();
            started = true;
        }
    }

    private void write() {
        try {
            for (; ; ) {
                try {
                    out.send(next());
                } catch (InterruptedException e) {
                    // A task of the user's interrupted a thread that is not its own: the questions are still to be
                    // sent.
                    Thread.interrupted();
                }
            }
        } catch (Throwable e) { // without this thread every question would wait forever
            onEnd.accept(e);
        }
    }

    private EncodedFrame next() throws InterruptedException {
        synchronized (toSend) {
            while (toSend.isEmpty()) {
                toSend.wait();
            }
            return toSend.remove();
        }
    }

    /** Whether somebody waits for an answer. */
    boolean areOpen() {
        return !open.isEmpty();
    }

    /** The parent has answered. */
    void answered(Frame frame) throws IOException {
        Question<?> question = open.remove(frame.taskId());
        if (question != null) {
            question.answer(frame);
        }
    }

    private static final class Question<A> {
        private static final long PATIENCE_MILLIS = 1_000;

        private final Reading<A> reading;
        private @Nullable A answer;

        Question(Reading<A> reading) {
            this.reading = reading;
        }

        void answer(Frame frame) throws IOException {
            answer(reading.of(frame));
        }

        private synchronized void answer(A arrived) {
            answer = arrived;
            notifyAll();
        }

        /**
         * @param wake is run now and then: another thread may have run out of stack right before it woke anybody
         */
        A await(Runnable wake) {
            boolean interrupted = false;
            A arrived = null;
            while (arrived == null) {
                try {
                    arrived = await(PATIENCE_MILLIS);
                    if (arrived == null) {
                        wake.run();
                    }
                } catch (InterruptedException e) {
                    interrupted = true; // loading a class does not end by it; what the thread does next may
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return arrived;
        }

        @SuppressWarnings("WaitNotInLoop") // the caller loops
        private synchronized @Nullable A await(long millis) throws InterruptedException {
            if (answer == null) {
                wait(millis);
            }
            return answer;
        }
    }
}
