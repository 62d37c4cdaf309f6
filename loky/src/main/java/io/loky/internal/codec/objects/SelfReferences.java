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
 * Looks for stand-ins that were left in an object graph, where an object that had to be complete before it could be made
 * holds, by way of others, itself. Such a graph must not reach anybody. The walk costs time in proportion to the graph,
 * so it is taken only where a stand-in of this kind has been read.
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
                throw refusal(object);
            }
            References.of(object, (name, value) -> {
                if (value != null && !References.isLeaf(value.getClass()) && seen.add(value)) {
                    open.add(value);
                }
            });
        }
    }

    static InvalidObjectException refusal(Object standIn) {
        return new InvalidObjectException("an object refers back to itself in a way that cannot be rebuilt here: it is "
                + standIn + " and has to be complete before anything can refer to it");
    }
}
