/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.context;

import io.loky.WorkerContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where {@link WorkerContext#find()} looks. A worker JVM is one worker, so all its threads have the same context. Where workers
 * are threads, each of them has its own, and so have the threads that are started there.
 */
public final class CurrentContext {
    private static final InheritableThreadLocal<WorkerContext> OF_THIS_THREAD = new InheritableThreadLocal<>();

    private static volatile @Nullable WorkerContext ofThisJvm;

    private CurrentContext() {}

    /** This JVM is a worker. */
    public static void set(WorkerContext context) {
        ofThisJvm = context;
    }

    /** The calling thread is a worker. */
    public static void setForThisThread(WorkerContext context) {
        OF_THIS_THREAD.set(context);
    }

    public static Optional<WorkerContext> find() {
        WorkerContext ofThread = OF_THIS_THREAD.get();
        return Optional.ofNullable(ofThread != null ? ofThread : ofThisJvm);
    }
}
