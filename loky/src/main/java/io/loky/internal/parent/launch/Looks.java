/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.wire.Look;
import io.loky.internal.wire.StackSample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What one worker was asked and has not answered: where is the code of your task? Each task is asked for once at a time, and who
 * asks again gets the same answer. So somebody who asks a stopped worker every minute does not fill the pipe to it; nor the memory
 * here, if those who wait no longer say so.
 * Thread-safe.
 */
final class Looks {
    /** One that has left so many unanswered has stopped: it is asked nothing more until it answers. */
    static final int MOST = 8;

    // Guarded by this.
    private final Map<Long, Asked> open = new HashMap<>();
    private long last;
    private boolean ended;

    private record Asked(long taskId, List<CompletableFuture<List<StackTraceElement>>> waiting) {
        void add(CompletableFuture<List<StackTraceElement>> one) {
            waiting.removeIf(CompletableFuture::isDone);
            waiting.add(one);
        }

        void answer(List<StackTraceElement> frames) {
            waiting.forEach(one -> one.complete(frames));
        }
    }

    /**
     * Asks.
     *
     * @param way brings the question to the worker
     * @return the caller's own, which it completes or cancels if it waits no longer
     */
    CompletableFuture<List<StackTraceElement>> ask(long taskId, Consumer<Look> way) {
        CompletableFuture<List<StackTraceElement>> answer = new CompletableFuture<>();
        Look look;
        synchronized (this) {
            if (ended) {
                return CompletableFuture.completedFuture(List.of());
            }
            for (Asked asked : open.values()) {
                if (asked.taskId == taskId) {
                    asked.add(answer);
                    return answer;
                }
            }
            if (open.size() >= MOST) {
                return answer;
            }
            look = new Look(taskId, ++last);
            open.put(look.number(), new Asked(taskId, new ArrayList<>(List.of(answer))));
        }
        way.accept(look);
        return answer;
    }

    /** The worker has told a stack. False if nobody has asked for that. */
    boolean answered(StackSample sample) {
        if (sample.look() == StackSample.UNASKED) {
            return false;
        }
        Asked asked;
        synchronized (this) {
            asked = open.remove(sample.look());
        }
        if (asked != null) {
            asked.answer(sample.frames());
        }
        return true;
    }

    /** How many wait for answers. */
    synchronized int waiting() {
        return open.values().stream().mapToInt(asked -> asked.waiting.size()).sum();
    }

    /** The worker answers no more. */
    void end() {
        List<Asked> unanswered;
        synchronized (this) {
            ended = true;
            unanswered = List.copyOf(open.values());
            open.clear();
        }
        unanswered.forEach(asked -> asked.answer(List.of()));
    }
}
