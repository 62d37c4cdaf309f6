/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import java.io.InvalidObjectException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for stand-ins that were left in an object graph, where an object holds, by way of others, itself. Such a graph must
 * not reach anybody. The walk costs time in proportion to the graph; it is taken only where the JDK's internals are closed,
 * since else the object stream itself refuses a reference to what is not complete.
 */
public final class SelfReferences {
    private SelfReferences() {}

    /**
     * @throws InvalidObjectException if there is one
     */
    public static void check(@Nullable Object root) throws InvalidObjectException {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Object> open = new ArrayDeque<>();
        if (root != null) {
            open.add(root);
        }
        while (!open.isEmpty()) {
            Object object = open.remove();
            if (object instanceof StandIn) {
                throw refusal(null);
            }
            References.ofAll(object, (name, value) -> {
                if (value != null && !References.isLeaf(value.getClass()) && seen.add(value)) {
                    open.add(value);
                }
            });
        }
    }

    /** What to say where something refers to an object that is not complete. */
    public static InvalidObjectException refusal(@Nullable Exception reason) {
        InvalidObjectException refusal =
                new InvalidObjectException("an object refers back to itself in a way that cannot"
                        + " be rebuilt here: it is, or is held by, a record or a value of the JDK, and this has to be complete before"
                        + " anything can refer to it");
        if (reason != null) {
            refusal.initCause(reason);
        }
        return refusal;
    }
}
