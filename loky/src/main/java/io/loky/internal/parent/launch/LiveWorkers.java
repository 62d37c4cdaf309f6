/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import java.util.HashMap;
import java.util.Map;

/**
 * The worker processes of all pools of this JVM. Each pool divides the machine among its own workers; without this two pools would
 * both give away the whole of it. Thread-safe.
 */
final class LiveWorkers {
    static final LiveWorkers OF_THIS_JVM = new LiveWorkers();

    /** Pools without workers are not kept. Guarded by this. */
    private final Map<String, Integer> byPool = new HashMap<>();

    LiveWorkers() {}

    /**
     * Counts one more worker of this pool.
     *
     * @param pool its label, of which there is no other in this JVM
     */
    synchronized Place enter(String pool) {
        int others = 0;
        for (Map.Entry<String, Integer> entry : byPool.entrySet()) {
            if (!entry.getKey().equals(pool)) {
                others += entry.getValue();
            }
        }
        byPool.merge(pool, 1, Integer::sum);
        return new Place(pool, others);
    }

    synchronized int count() {
        return byPool.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** That one worker is counted. */
    final class Place {
        private final String pool;
        private final int others;

        /** Guarded by the ledger. */
        private boolean left;

        private Place(String pool, int others) {
            this.pool = pool;
            this.others = others;
        }

        /** How many workers other pools had when this one was entered. */
        int others() {
            return others;
        }

        /** It is gone, or on its way out. May be called again. */
        void leave() {
            synchronized (LiveWorkers.this) {
                if (!left) {
                    left = true;
                    byPool.computeIfPresent(pool, (label, count) -> count == 1 ? null : count - 1);
                }
            }
        }
    }
}
