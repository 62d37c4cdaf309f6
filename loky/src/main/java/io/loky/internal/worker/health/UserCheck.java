/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

import io.loky.internal.codec.SafeText;
import io.loky.internal.wire.Unfit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The check of this worker's health that the user has given to the pool. It runs on the thread that runs tasks, after an answer and
 * before the next task. Where it hangs, or ends this JVM, the parent sees to it: it knows that no task is concerned.
 */
final class UserCheck {
    private final Callable<Callable<?>> source;

    /** Once it was rebuilt. */
    private @Nullable Callable<?> check;

    /**
     * @param source rebuilds it, on the thread that runs tasks
     */
    UserCheck(Callable<Callable<?>> source) {
        this.source = source;
    }

    /** Why this worker should be replaced; null if it need not be. */
    @Nullable
    Unfit run() {
        try {
            Callable<?> rebuilt = check;
            if (rebuilt == null) {
                rebuilt = source.call();
                check = rebuilt;
            }
            Object unused = rebuilt.call();
            return null;
        } catch (Throwable e) { // whatever it throws is its verdict
            return new Unfit("UNHEALTHY", "its health check threw " + SafeText.of(e));
        } finally {
            Thread.currentThread().setContextClassLoader(ClassLoader.getSystemClassLoader());
        }
    }
}
