/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Objects by their identity, numbered as they come. An identity map would need three objects for each. Not thread-safe. */
final class Met {
    /** So many are compared one by one: the first question for an identity costs more than that. */
    private static final int FEW = 8;

    private @Nullable Object[] objects = new @Nullable Object[FEW];
    private int count;

    /** Where the objects are, by their hash: a number from 1, or 0. Twice as long as there are objects, or longer; empty for few. */
    private int[] table = {};

    /** The number of an object that has been met, from 0; negative if this is the first time. */
    int meet(Object object) {
        if (count < FEW) {
            for (int i = 0; i < count; i++) {
                if (objects[i] == object) {
                    return i;
                }
            }
        } else {
            if (2 * count >= table.length) {
                grow();
            }
            int known = find(object);
            if (known >= 0) {
                return known;
            }
            table[~known] = count + 1;
        }
        if (count == objects.length) {
            objects = Arrays.copyOf(objects, 2 * count);
        }
        objects[count++] = object;
        return -1;
    }

    /** Its number, or the place in the table where it belongs, as a complement. */
    private int find(@Nullable Object object) {
        int mask = table.length - 1;
        int hash = System.identityHashCode(object);
        for (int at = (hash ^ hash >>> 15) & mask; ; at = (at + 1) & mask) {
            int number = table[at];
            if (number == 0) {
                return ~at;
            }
            if (objects[number - 1] == object) {
                return number - 1;
            }
        }
    }

    private void grow() {
        table = new int[Math.max(4 * FEW, 2 * table.length)];
        for (int i = 0; i < count; i++) {
            table[~find(objects[i])] = i + 1;
        }
    }
}
