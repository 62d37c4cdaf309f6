/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.io.StreamCorruptedException;

/** The types of arrays of objects that the compact form knows, by the number of their innermost type. */
final class ArrayTypes {
    /** Their order is part of the format. */
    private static final Class<?>[] INNERMOST = {
        Object.class,
        String.class,
        Integer.class,
        Long.class,
        Double.class,
        Boolean.class,
        Byte.class,
        Short.class,
        Character.class,
        Float.class,
        Number.class,
        int.class,
        long.class,
        double.class,
        boolean.class,
        byte.class,
        short.class,
        char.class,
        float.class
    };

    private static final int MOST_DIMENSIONS = 8;

    private ArrayTypes() {}

    /** Both numbers in one; negative if this type is not known. */
    static int codeOf(Class<?> array) {
        int dimensions = 0;
        Class<?> innermost = array;
        while (innermost.isArray()) {
            innermost = innermost.getComponentType();
            dimensions++;
        }
        if (dimensions <= MOST_DIMENSIONS) {
            for (int i = 0; i < INNERMOST.length; i++) {
                if (INNERMOST[i] == innermost) {
                    return i << 8 | dimensions;
                }
            }
        }
        return -1;
    }

    /**
     * The type of the elements.
     *
     * @throws StreamCorruptedException if there is no such array of objects
     */
    static Class<?> componentOf(int code) throws StreamCorruptedException {
        int number = code >> 8;
        int dimensions = code & 0xFF;
        if (number >= INNERMOST.length || dimensions == 0 || dimensions > MOST_DIMENSIONS) {
            throw new StreamCorruptedException("an array of the unknown type " + Integer.toHexString(code));
        }
        Class<?> component = INNERMOST[number];
        for (int i = 1; i < dimensions; i++) {
            component = component.arrayType();
        }
        if (component.isPrimitive()) {
            throw new StreamCorruptedException("an array of " + component + " in the form of one of objects");
        }
        return component;
    }
}
