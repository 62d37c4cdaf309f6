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
    private static final InheritableThreadLocal<Local> OF_THIS_THREAD = new InheritableThreadLocal<>();

    private record Local(WorkerContext context, int level) {}

    private static volatile @Nullable WorkerContext ofThisJvm;

    private CurrentContext() {}

    /** This JVM is a worker. */
    public static void set(WorkerContext context) {
        ofThisJvm = context;
    }

    /**
     * The calling thread is a worker.
     *
     * @param level as {@link #level} is to say
     */
    public static void setForThisThread(WorkerContext context, int level) {
        OF_THIS_THREAD.set(new Local(context, level));
    }

    /** Of how many pools one in the other, all of threads of this JVM, the calling thread is in a task; 0 outside of them. */
    public static int level() {
        Local local = OF_THIS_THREAD.get();
        return local == null ? 0 : local.level();
    }

    public static Optional<WorkerContext> find() {
        Local local = OF_THIS_THREAD.get();
        return Optional.ofNullable(local != null ? local.context() : ofThisJvm);
    }
}
