/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.StreamCorruptedException;

/**
 * The numbers that both JVMs use for class loaders. The first three are the same in each; from {@link #FIRST_OF_OTHERS} on
 * the parent numbers its loaders as it meets them, never gives a number twice, and the worker has one mirror for each.
 */
public final class LoaderNumber {
    /** The classes of the JDK below the class path. */
    public static final int PLATFORM = 0;

    /** The class path, which parent and worker share. */
    public static final int APP = 1;

    /** This library's own classes, wherever each side has them from. */
    public static final int LIBRARY = 2;

    /** The first number that the parent gives away. */
    public static final int FIRST_OF_OTHERS = 3;

    private static final int PAYLOAD = 0x7F;
    private static final int MORE = 0x80;

    private LoaderNumber() {}

    /** One byte for the first 128, since there is one for each class in each message. */
    public static void write(int number, DataOutput out) throws IOException {
        int rest = number;
        while ((rest & ~PAYLOAD) != 0) {
            out.writeByte((rest & PAYLOAD) | MORE);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    /**
     * @throws IOException if there is no number
     */
    public static int read(DataInput in) throws IOException {
        int number = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 7) {
            int next = in.readUnsignedByte();
            number |= (next & PAYLOAD) << shift;
            if ((next & MORE) == 0) {
                return number;
            }
        }
        throw new StreamCorruptedException("the number of a class loader does not end");
    }
}
