/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.pool.FakeShell.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Many runs, on all processors. Each has a seed of its own, the base seed plus its number, so that it can be repeated alone. */
final class RandomRuns {
    private static final int BLOCK = 500;

    private final long baseSeed;
    private final long count;
    private final Fault fault;
    private final AtomicLong next = new AtomicLong();

    /** The lowest number of a run that failed; later ones need not be made. */
    private final AtomicLong firstFailure = new AtomicLong(Long.MAX_VALUE);

    private final Coverage coverage = new Coverage();
    private int mostTicks;

    RandomRuns(long baseSeed, long count, Fault fault) {
        this.baseSeed = baseSeed;
        this.count = count;
        this.fault = fault;
    }

    /** Makes the runs. The smallest script found of the first one that fails, told in words; null if all hold. */
    @Nullable
    Counterexample execute() throws InterruptedException, ExecutionException {
        int threads = Runtime.getRuntime().availableProcessors();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                ends.add(executor.submit(this::executeSome));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } finally {
            executor.shutdownNow();
        }
        long failed = firstFailure.get();
        return failed == Long.MAX_VALUE ? null : Counterexample.of(baseSeed + failed, fault);
    }

    Coverage coverage() {
        return coverage;
    }

    /** The most ticks that any run has needed to come to rest. */
    int mostTicks() {
        return mostTicks;
    }

    private void executeSome() {
        Coverage met = new Coverage();
        int ticks = 0;
        for (long block = next.getAndAdd(BLOCK); block < count; block = next.getAndAdd(BLOCK)) {
            for (long run = block; run < Math.min(count, block + BLOCK) && run < firstFailure.get(); run++) {
                PoolStateRun one = new PoolStateRun(Script.random(baseSeed + run), fault, Journal.NONE, met);
                try {
                    one.execute();
                } catch (RuntimeException | AssertionError failure) {
                    firstFailure.accumulateAndGet(run, Math::min);
                }
                ticks = Math.max(ticks, one.ticksAtRest());
            }
        }
        synchronized (this) {
            coverage.add(met);
            mostTicks = Math.max(mostTicks, ticks);
        }
    }
}
