/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.RawArray;
import java.io.StreamCorruptedException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Boxed primitives of one type that are taken aside, as an array without their boxes: those of a list, or of an array. Boxes have no
 * identity that a program may rely on.
 */
final class LargeBoxes {
    private LargeBoxes() {}

    /** Whether so many boxes may be large: whoever has fewer need not look at them. */
    static boolean mayBe(int size, FrameBuffer out) {
        return size > 0 && out.takesAside((long) Long.BYTES * size);
    }

    /** An array of the primitives; null if the elements are few, or not all boxes of one type. */
    static @Nullable Object toArray(List<?> elements, FrameBuffer out, Reducers reducers) {
        int size = elements.size();
        Object first;
        try {
            first = mayBe(size, out) ? elements.iterator().next() : null;
        } catch (NoSuchElementException | ConcurrentModificationException e) {
            return null; // another thread is changing it: whoever writes it the long way will say so
        }
        Class<?> type = first == null
                ? Object.class
                : MethodType.methodType(first.getClass()).unwrap().returnType();
        if (first == null
                || !type.isPrimitive()
                || type == void.class
                || (!reducers.isEmpty() && reducers.find(first.getClass()).isPresent())
                || !out.takesAside(size * RawArray.bytes(Array.newInstance(type, 1)))) {
            return null;
        }
        Object array = Array.newInstance(type, size);
        return fill(array, first.getClass(), elements) ? array : null;
    }

    private static boolean fill(Object array, Class<?> box, List<?> elements) {
        int length = Array.getLength(array);
        int i = 0;
        for (Object element : elements) {
            if (element == null || element.getClass() != box || i == length) {
                return false;
            }
            put(array, i++, element);
        }
        return i == length;
    }

    private static void put(Object array, int at, Object box) {
        if (array instanceof int[] ints) {
            ints[at] = (Integer) box;
        } else if (array instanceof double[] doubles) {
            doubles[at] = (Double) box;
        } else if (array instanceof long[] longs) {
            longs[at] = (Long) box;
        } else {
            Array.set(array, at, box);
        }
    }

    /**
     * The boxes of what is in such an array.
     *
     * @param component of the array that they are put into
     * @throws StreamCorruptedException if they are not such
     */
    static Object[] of(Object array, Class<?> component) throws StreamCorruptedException {
        int length = Array.getLength(array);
        Object[] boxes = (Object[]) Array.newInstance(component, length);
        try {
            for (int i = 0; i < length; i++) {
                boxes[i] = box(array, i);
            }
        } catch (ArrayStoreException e) {
            StreamCorruptedException corrupted = new StreamCorruptedException("an array of " + component.getTypeName()
                    + " with a " + array.getClass().getTypeName() + " in it");
            corrupted.initCause(e);
            throw corrupted;
        }
        return boxes;
    }

    private static Object box(Object array, int at) {
        if (array instanceof int[] ints) {
            return ints[at];
        }
        if (array instanceof double[] doubles) {
            return doubles[at];
        }
        if (array instanceof long[] longs) {
            return longs[at];
        }
        return Array.get(array, at);
    }
}
