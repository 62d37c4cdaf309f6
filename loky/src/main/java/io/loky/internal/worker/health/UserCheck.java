/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

import io.loky.internal.codec.SafeText;
import io.loky.internal.execution.AnswerSink;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Unfit;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The check of this worker's health that the user has given to the pool. It runs before the answer goes out, on the thread that runs
 * tasks: after the answer the parent would send the next task to a worker that may turn out to be unfit. So the answer waits
 * for it; but not longer than the limit. Then a second thread, the guard, sends both the verdict and the answer, and the parent
 * ends the worker, whose thread still hangs in the check.
 */
final class UserCheck {
    private final Callable<Callable<?>> source;
    private final long limitNanos;
    private final AnswerSink out;

    /** Once it was rebuilt. Used by the thread that runs tasks alone. */
    private @Nullable Callable<?> check;

    // Guarded by this.
    private @Nullable EncodedFrame held;
    private long dueNanos;
    private boolean guarded;
    private boolean guardParked;

    /**
     * @param source rebuilds it, on the thread that runs tasks
     */
    UserCheck(Callable<Callable<?>> source, long limitMillis, AnswerSink out) {
        this.source = source;
        this.limitNanos = TimeUnit.MILLISECONDS.toNanos(limitMillis);
        this.out = out;
    }

    /**
     * Checks, and then sends this answer; before it that the worker is unfit, if it is. Whether it is fit.
     *
     * @throws IOException if the other side is gone
     */
    boolean runBefore(EncodedFrame answer) throws IOException {
        hold(answer);
        Throwable thrown = null;
        try {
            Callable<?> rebuilt = check;
            if (rebuilt == null) {
                rebuilt = source.call();
                check = rebuilt;
            }
            Object unused = rebuilt.call();
        } catch (Throwable e) { // whatever it throws is its verdict
            thrown = e;
        }
        Thread.currentThread().setContextClassLoader(ClassLoader.getSystemClassLoader());
        if (claim() == null) {
            return false; // it took too long, and the guard has said so
        }
        if (thrown != null) {
            out.send(unhealthy("its health check threw " + SafeText.of(thrown)));
        }
        out.send(answer);
        return thrown == null;
    }

    private static EncodedFrame unhealthy(String why) {
        return new Unfit("UNHEALTHY", why).encode();
    }

    private synchronized void hold(EncodedFrame answer) {
        held = answer;
        dueNanos = System.nanoTime() + limitNanos;
        if (!guarded) {
            guarded = true;
            Thread guard = new Thread(this::guard, Thread.currentThread().getName() + "-check-guard");
            guard.setDaemon(true);
            guard.start();
        } else if (guardParked) {
            notifyAll();
        }
    }

    /** The answer that is to be sent, for the one who sends it; null for the other. */
    private synchronized @Nullable EncodedFrame claim() {
        EncodedFrame claimed = held;
        held = null;
        return claimed;
    }

    private void guard() {
        try {
            for (; ; ) {
                EncodedFrame answer = awaitOverdue();
                out.send(unhealthy("its health check had not returned after "
                        + TimeUnit.NANOSECONDS.toMillis(limitNanos) + " ms (startTimeout)"));
                out.send(answer);
            }
        } catch (IOException e) {
            // The parent is gone. Whoever reads the channel sees it too, and ends this JVM.
        }
    }

    /** It is not woken when a check ends: it looks again when that one would have been due. */
    private synchronized EncodedFrame awaitOverdue() {
        for (; ; ) {
            EncodedFrame answer = held;
            long leftMillis = answer == null ? 0 : TimeUnit.NANOSECONDS.toMillis(dueNanos - System.nanoTime());
            if (answer != null && leftMillis <= 0) {
                held = null;
                return answer;
            }
            guardParked = answer == null;
            pause(leftMillis);
            guardParked = false;
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
