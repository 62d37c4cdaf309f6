/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.AbstractList;
import java.util.Objects;

/** The numbers from 0 on, without the memory for them. */
final class Numbers extends AbstractList<Integer> {

    private final int size;

    Numbers(int size) {
        this.size = size;
    }

    @Override
    public Integer get(int index) {
        return Objects.checkIndex(index, size);
    }

    @Override
    public int size() {
        return size;
    }
}
