/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.StreamCorruptedException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * An array of a primitive type as raw bytes, little-endian: the order of nearly every machine, so that nothing is turned round. All
 * positions are multiples of eight, so that no element is cut.
 */
public final class RawArray {
    private static final List<Class<?>> TYPES = List.of(
            boolean.class, byte.class, char.class, short.class, int.class, long.class, float.class, double.class);

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final Object array;
    private final Class<?> type;
    private final int size;

    /** This array, which {@link #isOne is one} of a primitive type. */
    public RawArray(Object array) {
        this.array = array;
        this.type = array.getClass().getComponentType();
        this.size = sizeOf(type);
    }

    /** Whether there is a form for this object. */
    public static boolean isOne(Object object) {
        Class<?> component = object.getClass().getComponentType();
        return component != null && component.isPrimitive();
    }

    /**
     * An array to be filled.
     *
     * @param tag see {@link #tag}
     * @throws StreamCorruptedException if there are no such arrays
     */
    public static RawArray of(byte tag, int length) throws StreamCorruptedException {
        return new RawArray(Array.newInstance(component(tag), length));
    }

    /**
     * The type of the elements.
     *
     * @throws StreamCorruptedException if there are no such arrays
     */
    public static Class<?> component(byte tag) throws StreamCorruptedException {
        if (!isTag(tag)) {
            throw new StreamCorruptedException("an array of the unknown type " + tag);
        }
        return TYPES.get(tag);
    }

    static boolean isTag(byte tag) {
        return tag >= 0 && tag < TYPES.size();
    }

    /** Says of which type it is. */
    public byte tag() {
        return (byte) TYPES.indexOf(type);
    }

    public Object array() {
        return array;
    }

    public int length() {
        return Array.getLength(array);
    }

    /** How many bytes the elements take. */
    public long bytes() {
        return (long) length() * size;
    }

    /** The same of an array that needs no more than that. */
    public static long bytes(Object array) {
        return (long) Array.getLength(array) * sizeOf(array.getClass().getComponentType());
    }

    /** Another array with the same elements. By {@code clone}, which does not fill it with zeros first. */
    public RawArray copy() {
        return new RawArray(clone(array));
    }

    private static Object clone(Object array) {
        if (array instanceof byte[] a) {
            return a.clone();
        } else if (array instanceof long[] a) {
            return a.clone();
        } else if (array instanceof double[] a) {
            return a.clone();
        } else if (array instanceof int[] a) {
            return a.clone();
        } else if (array instanceof float[] a) {
            return a.clone();
        } else if (array instanceof short[] a) {
            return a.clone();
        } else if (array instanceof char[] a) {
            return a.clone();
        }
        return ((boolean[]) array).clone();
    }

    /** How many bytes an element of this type takes. */
    static int sizeOf(Class<?> type) {
        if (type == long.class || type == double.class) {
            return Long.BYTES;
        }
        if (type == int.class || type == float.class) {
            return Integer.BYTES;
        }
        return type == char.class || type == short.class ? Short.BYTES : Byte.BYTES;
    }

    /** Copies these bytes of it. */
    public void get(long from, byte[] target, int bytes) {
        ByteBuffer out = ByteBuffer.wrap(target, 0, bytes).order(ORDER);
        int at = (int) (from / size);
        int count = bytes / size;
        if (array instanceof byte[] a) {
            out.put(a, at, count);
        } else if (array instanceof long[] a) {
            out.asLongBuffer().put(a, at, count);
        } else if (array instanceof double[] a) {
            out.asDoubleBuffer().put(a, at, count);
        } else if (array instanceof int[] a) {
            out.asIntBuffer().put(a, at, count);
        } else if (array instanceof float[] a) {
            out.asFloatBuffer().put(a, at, count);
        } else if (array instanceof short[] a) {
            out.asShortBuffer().put(a, at, count);
        } else if (array instanceof char[] a) {
            out.asCharBuffer().put(a, at, count);
        } else {
            boolean[] a = (boolean[]) array;
            for (int i = 0; i < count; i++) {
                out.put((byte) (a[at + i] ? 1 : 0));
            }
        }
    }

    /** Sets these bytes of it. */
    public void set(long from, byte[] source, int bytes) {
        ByteBuffer in = ByteBuffer.wrap(source, 0, bytes).order(ORDER);
        int at = (int) (from / size);
        int count = bytes / size;
        if (array instanceof byte[] a) {
            in.get(a, at, count);
        } else if (array instanceof long[] a) {
            in.asLongBuffer().get(a, at, count);
        } else if (array instanceof double[] a) {
            in.asDoubleBuffer().get(a, at, count);
        } else if (array instanceof int[] a) {
            in.asIntBuffer().get(a, at, count);
        } else if (array instanceof float[] a) {
            in.asFloatBuffer().get(a, at, count);
        } else if (array instanceof short[] a) {
            in.asShortBuffer().get(a, at, count);
        } else if (array instanceof char[] a) {
            in.asCharBuffer().get(a, at, count);
        } else {
            boolean[] a = (boolean[]) array;
            for (int i = 0; i < count; i++) {
                a[at + i] = in.get() != 0;
            }
        }
    }
}
