/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import java.util.AbstractCollection;
import java.util.Iterator;

/** A collection that is whatever its iterators do. */
final class Items<T> extends AbstractCollection<T> {
    private final Iterable<T> items;
    private final int size;

    Items(Iterable<T> items, int size) {
        this.items = items;
        this.size = size;
    }

    @Override
    public Iterator<T> iterator() {
        return items.iterator();
    }

    @Override
    public int size() {
        return size;
    }
}
