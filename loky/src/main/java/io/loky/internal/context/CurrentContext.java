/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.context;

import io.loky.WorkerContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where {@link WorkerContext#find()} looks. A worker JVM is one worker, so all its threads have the same context. */
public final class CurrentContext {
    private static volatile @Nullable WorkerContext ofThisJvm;

    private CurrentContext() {}

    /** This JVM is a worker. */
    public static void set(WorkerContext context) {
        ofThisJvm = context;
    }

    public static Optional<WorkerContext> find() {
        return Optional.ofNullable(ofThisJvm);
    }
}
