/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Keeps the first few of many values in an order, in memory for those few only. */
final class Largest<T> {

    private final int limit;
    private final Comparator<? super T> order;
    private final PriorityQueue<T> kept; // its head is the one that goes next

    Largest(int limit, Comparator<? super T> order) {
        this.limit = limit;
        this.order = order;
        this.kept = new PriorityQueue<>(order.reversed());
    }

    void add(T value) {
        kept.add(value);
        if (kept.size() > limit) {
            kept.remove();
        }
    }

    List<T> toList() {
        return kept.stream().sorted(order).toList();
    }
}
