/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.reuse;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.internal.parent.pool.ProcessPool;
import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The pools that programs share: at most one that is running for each {@link PoolKey}. Thread-safe.
 *
 * <p>Nobody waits in here. A pool is made without a lock, and given up at once if another thread was quicker; it has no
 * process, no thread and no task by then, since only one that is under its key starts its {@code minWorkers}. Sizes are events of the pool, which never wait for its tasks. And a pool that is not
 * asked for any more is nobody's obstacle: it stays under its key with its own environment, and its idle workers expire.
 *
 * <p>The registry does not keep a pool. A pool that has workers or tasks keeps itself; one that has neither, and that nobody
 * holds, is collected, and with it goes its entry. So a program that asks with a new environment each time does not grow, and
 * whoever holds a pool shares it with those who ask later. The pool that was handed out last is kept, since
 * {@code reuse(ALWAYS)} must not depend on the garbage collector.
 */
public final class ReusableExecutors {
    private static final System.Logger LOG = System.getLogger("io.loky.reuse");
    private static final ReusableExecutors OF_THIS_JVM = new ReusableExecutors();

    private final ConcurrentMap<PoolKey, WeakReference<ProcessPool>> pools = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Shared> last = new AtomicReference<>();

    /** A registry without pools. Programs share one, see {@link #get}. */
    public ReusableExecutors() {}

    /**
     * What is asked for.
     *
     * @param key of the options
     * @param sizes what else the user has set about the pool, by name: what a running pool can be told
     */
    public record Request(ProcessPoolOptions options, PoolKey key, Map<String, Object> sizes) {}

    /** A pool and the key that it is under. */
    private record Shared(ProcessPool pool, PoolKey key) {}

    /**
     * A running pool.
     *
     * @throws io.loky.NestingLimitException if a new one is needed and this JVM is a worker so deep that it may have none
     */
    public static ProcessPoolExecutor get(Request request) {
        return OF_THIS_JVM.pool(request);
    }

    /** The same, of this registry. */
    public ProcessPool pool(Request request) {
        return switch (request.options().reuse()) {
            case AUTO -> auto(request);
            case ALWAYS -> always(request);
            case NEVER -> never(request);
        };
    }

    /** How many pools could be handed out again. */
    public int size() {
        return pools.size();
    }

    private ProcessPool auto(Request request) {
        Shared found;
        do {
            found = ofSameKey(request);
        } while (!handOut(found, request));
        return found.pool();
    }

    private ProcessPool always(Request request) {
        Shared found = last.get();
        if (found == null || found.pool().isShutdown()) {
            return auto(request);
        }
        if (request.sizes().containsKey("maxWorkers")) {
            found.pool().resize(request.options().maxWorkers());
        }
        logWhatIsNotApplied(found, request);
        // Not handed out: another one may be the last by now, and stays it. This one may be shut down by now.
        return found.pool().isShutdown() ? always(request) : found.pool();
    }

    private static void logWhatIsNotApplied(Shared found, Request request) {
        LOG.log(Level.DEBUG, () -> {
            Set<String> ignored = request.key().differences(found.key());
            ignored.addAll(request.sizes().keySet());
            ignored.remove("maxWorkers");
            return found.pool() + " is used again because of reuse(ALWAYS); not applied: " + ignored;
        });
    }

    private ProcessPool never(Request request) {
        PoolKey key = request.key();
        ProcessPool made = make(request);
        WeakReference<ProcessPool> entry;
        do {
            entry = pools.get(key);
        } while (!put(key, entry, made));
        made.open();
        ProcessPool before = entry == null ? null : entry.get();
        if (before != null) {
            before.giveWay(request.options().killWorkers());
        }
        handOut(new Shared(made, key), request); // if it is shut down by now, that was by one who came after
        return made;
    }

    private Shared ofSameKey(Request request) {
        PoolKey key = request.key();
        while (true) {
            WeakReference<ProcessPool> entry = pools.get(key);
            ProcessPool pool = entry == null ? null : entry.get();
            if (pool != null && !pool.isShutdown()) {
                pool.adapt(request.options());
                return new Shared(pool, key);
            }
            ProcessPool made = make(request);
            if (put(key, entry, made)) {
                made.open();
                return new Shared(made, key);
            }
            made.shutdown(); // another thread was quicker
        }
    }

    /**
     * Makes it the pool that was handed out last, and kills the one that was that before, if that is wanted. False if it has
     * been shut down: then the one before stays.
     *
     * <p>A pool that is shut down never takes the place of one that runs. For what is in that place is looked at first, and
     * killed before it is replaced: whoever kills this pool after it was found running here has to replace it, too.
     */
    private boolean handOut(Shared shared, Request request) {
        while (true) {
            Shared before = last.get();
            if (shared.pool().isShutdown()) {
                return false;
            }
            if (before != null && before.pool() == shared.pool()) {
                return true;
            }
            if (before != null && request.options().killWorkers()) {
                before.pool().giveWay(true);
            }
            if (last.compareAndSet(before, shared)) {
                return true;
            }
        }
    }

    /** Not opened yet. */
    private ProcessPool make(Request request) {
        PoolKey key = request.key();
        key.makeReady();
        ProcessPool pool = ProcessPool.unopened(request.options());
        pool.share(() -> forget(key));
        return pool;
    }

    private boolean put(PoolKey key, @Nullable WeakReference<ProcessPool> expected, ProcessPool pool) {
        WeakReference<ProcessPool> entry = new WeakReference<>(pool);
        return expected == null ? pools.putIfAbsent(key, entry) == null : pools.replace(key, expected, entry);
    }

    /** A pool of this key has ended; another one may have taken its place long ago. */
    private void forget(PoolKey key) {
        pools.computeIfPresent(key, (same, entry) -> {
            ProcessPool pool = entry.get();
            return pool == null || pool.isTerminated() ? null : entry;
        });
        Shared latest = last.get();
        if (latest != null && latest.pool().isTerminated()) {
            last.compareAndSet(latest, null);
        }
    }
}
