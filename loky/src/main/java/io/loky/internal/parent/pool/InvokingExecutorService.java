/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The JDK's {@code invokeAll} and {@code invokeAny}, which here name what is null. */
abstract class InvokingExecutorService extends AbstractExecutorService {
    final CompletionServiceBridge bridge = new CompletionServiceBridge();

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks) throws InterruptedException {
        return super.invokeAll(NumberedTasks.of(tasks));
    }

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException {
        try {
            return super.invokeAll(NumberedTasks.of(tasks), timeout, Objects.requireNonNull(unit, "unit"));
        } finally {
            bridge.forget(); // makes all futures first, and executes none where the time is up or a task is null
        }
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks) throws InterruptedException, ExecutionException {
        return super.invokeAny(notEmpty(NumberedTasks.of(tasks)));
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        return super.invokeAny(notEmpty(NumberedTasks.of(tasks)), timeout, Objects.requireNonNull(unit, "unit"));
    }

    private static <C> Collection<C> notEmpty(Collection<C> tasks) {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("tasks is empty: invokeAny needs at least one task");
        }
        return tasks;
    }
}
