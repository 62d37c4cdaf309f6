/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import java.util.Map;
import java.util.TreeMap;

/** How often a random test has met the cases that it is made for. */
final class Coverage {
    private final Map<String, Long> counts = new TreeMap<>();

    Coverage() {
        for (String name : new String[] {
            "delivered",
            "answer dropped",
            "died with its task begun",
            "died before it had begun its task",
            "given up after lost starts",
            "no worker starts",
            "cancelled queued",
            "cancelled running",
            "cancelled before submit",
            "start timed out",
            "late greeting",
            "idle timeout",
            "leaving worker killed",
            "killed before started",
            "sent to a dead worker",
            "rejected",
            "stopped with work",
            "terminated"
        }) {
            counts.put(name, 0L);
        }
    }

    void met(String name) {
        if (counts.computeIfPresent(name, (key, count) -> count + 1) == null) {
            throw new IllegalArgumentException(name);
        }
    }

    Map<String, Long> rareCases() {
        return counts;
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
