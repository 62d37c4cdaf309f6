/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import io.loky.systemtests.Await;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A call by a thread of its own, which can be interrupted before and while it waits. */
final class Call<T> {
    private final FutureTask<T> outcome;
    private final Thread thread;
    private volatile boolean flagAtTheEnd;

    private Call(Callable<T> body, boolean interrupted) {
        this.outcome = new FutureTask<>(() -> {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            try {
                return body.call();
            } finally {
                flagAtTheEnd = Thread.currentThread().isInterrupted();
            }
        });
        this.thread = new Thread(outcome, "caller");
        thread.setDaemon(true);
        thread.start();
    }

    /** What throws or returns nothing. */
    interface Body {
        void run() throws Exception;
    }

    static <T> Call<T> of(Callable<T> body) {
        return new Call<>(body, false);
    }

    static Call<Void> of(Body body) {
        return new Call<>(valueOf(body), false);
    }

    /** A call by a thread that was interrupted before. */
    static <T> Call<T> interrupted(Callable<T> body) {
        return new Call<>(body, true);
    }

    static Call<Void> interrupted(Body body) {
        return new Call<>(valueOf(body), true);
    }

    private static Callable<Void> valueOf(Body body) {
        return () -> {
            body.run();
            return null;
        };
    }

    /** Until the thread waits for something, with or without a limit. */
    Call<T> awaitWaiting() throws Exception {
        Await.until(
                "the caller waits",
                () -> thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING,
                () -> thread.getState().toString());
        return this;
    }

    void interrupt() {
        thread.interrupt();
    }

    boolean isDone() {
        return outcome.isDone();
    }

    T result() throws Exception {
        return Await.result(outcome);
    }

    /** What the call has thrown. */
    Throwable failure() throws Exception {
        try {
            T value = Await.result(outcome);
            throw new AssertionError("no exception, but " + value);
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    /** Whether the thread's interrupt flag was set when the call had ended. */
    boolean flagAfterwards() throws Exception {
        Await.until("the end of the call", outcome::isDone);
        return flagAtTheEnd;
    }
}
