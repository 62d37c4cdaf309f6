/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import io.loky.TaskReceipt;
import io.loky.internal.wire.Measured;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When what has happened to a task, which makes its receipt in the end.
 *
 * <pre>
 *   begun      submitted      sent               answered              decoded
 *     | encoding | queue ........ | to the worker, run, back |  ......... | decoding |
 * </pre>
 *
 * Written by one thread after the other: that which submits it, those that have the pool's lock, and, before the future is done,
 * that which completes it. Read when the future is done.
 */
final class TaskTimes {
    private static final Duration UNKNOWN = Duration.ofNanos(Measured.UNKNOWN);

    /** When encoding began; then how long encoding, and later decoding, took. */
    private long codingNanos;

    private long submittedNanos;
    private long sentNanos;
    private long endedNanos;
    private boolean sent;
    private boolean answered;
    private @Nullable Measured measured;

    /**
     * @param begunNanos when its encoding began
     */
    TaskTimes(long begunNanos) {
        codingNanos = begunNanos;
    }

    /** It is encoded now. */
    void encoded(long now) {
        codingNanos = now - codingNanos;
        submittedNanos = now;
    }

    /** It is given to the pool now. */
    void submitted(long now) {
        submittedNanos = now;
    }

    /** A worker gets it now. */
    void sent(long now) {
        sentNanos = now;
        sent = true;
    }

    /** Its worker died, and had not begun it or is to be followed by another one: it waits again. */
    void requeued() {
        sent = false;
    }

    /** Its worker has answered now. */
    void answered(long now) {
        answered = true;
        endedNanos = now;
    }

    /** What the answer says. */
    void measured(@Nullable Measured inWorker) {
        measured = inWorker;
    }

    /** The answer is decoded, which took so long. */
    void decoded(long nanos) {
        codingNanos += nanos;
    }

    /** The future becomes done now, whether its worker has answered or not. */
    void over() {
        if (!answered) {
            endedNanos = System.nanoTime();
        }
    }

    /** Of a task that is over; null if no worker had it. */
    @Nullable
    TaskReceipt receipt() {
        if (!sent) {
            return null;
        }
        Duration queue = nanos(sentNanos - submittedNanos);
        long withWorker = endedNanos - sentNanos;
        if (!answered) { // nobody knows how much of the time it was under way
            return new TaskReceipt(
                    queue, nanos(withWorker), UNKNOWN, UNKNOWN, Measured.UNKNOWN, Measured.UNKNOWN, UNKNOWN);
        }
        Measured inWorker = measured;
        if (inWorker == null) { // the worker could not rebuild it
            return new TaskReceipt(
                    queue,
                    Duration.ZERO,
                    nanos(withWorker + codingNanos),
                    UNKNOWN,
                    Measured.UNKNOWN,
                    Measured.UNKNOWN,
                    UNKNOWN);
        }
        // One that was sent ahead may have begun before the answer to the one before was read here, which counts as its
        // sending.
        long early = Math.max(0, inWorker.runNanos() - withWorker);
        return new TaskReceipt(
                nanos(sentNanos - submittedNanos - early),
                nanos(inWorker.runNanos()),
                nanos(withWorker + early - inWorker.runNanos() + codingNanos),
                Duration.ofNanos(inWorker.cpuNanos()),
                inWorker.allocatedBytes(),
                inWorker.peakBytes(),
                Duration.ofNanos(inWorker.pauseNanos()));
    }

    /** Never negative, which would mean that it is not known: the two clocks are those of two processes. */
    private static Duration nanos(long nanos) {
        return Duration.ofNanos(Math.max(0, nanos));
    }
}
