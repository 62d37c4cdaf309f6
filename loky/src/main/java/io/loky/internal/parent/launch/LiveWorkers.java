/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import java.util.HashSet;
import java.util.Set;

/**
 * The worker processes of all pools of this JVM. Each pool divides the machine among its own workers; without this two pools would
 * both give away the whole of it. Thread-safe.
 */
final class LiveWorkers {
    static final LiveWorkers OF_THIS_JVM = new LiveWorkers();

    /** Guarded by this. */
    private final Set<Place> places = new HashSet<>();

    LiveWorkers() {}

    /**
     * Counts one more worker of this pool.
     *
     * @param pool its label, of which there is no other in this JVM
     * @param heap the bytes that the options of the pool promise its heap; 0 if they leave that to the library
     */
    synchronized Place enter(String pool, double heap) {
        int others = 0;
        double heapOfOthers = 0;
        for (Place place : places) {
            if (!place.pool.equals(pool)) {
                others++;
                heapOfOthers += place.heap;
            }
        }
        Place entered = new Place(pool, heap, others, heapOfOthers);
        places.add(entered);
        return entered;
    }

    synchronized int count() {
        return places.size();
    }

    /** That one worker is counted. */
    final class Place {
        private final String pool;
        private final double heap;
        private final int others;
        private final double heapOfOthers;

        private Place(String pool, double heap, int others, double heapOfOthers) {
            this.pool = pool;
            this.heap = heap;
            this.others = others;
            this.heapOfOthers = heapOfOthers;
        }

        /** How many workers other pools had when this one was entered. */
        int others() {
            return others;
        }

        /** The bytes that their heaps were promised. */
        double heapOfOthers() {
            return heapOfOthers;
        }

        /** It is gone, or on its way out. May be called again. */
        void leave() {
            synchronized (LiveWorkers.this) {
                places.remove(this);
            }
        }
    }
}
