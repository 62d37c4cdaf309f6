/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The descriptions of lambdas that one side has read last, and what it has made of them: the same description in the next
 * message is compared with the one that is known, and not read again. So each message says all that it means, and none
 * depends on what another has said; a message that is sent again, to another worker or by a crash capsule, needs nothing else.
 *
 * <p>Descriptions are kept here, classes are not. A place that two of them compete for belongs to the one that was read
 * last; nothing worse can come of it than work. Thread-safe without a lock, for the same reason.
 */
public final class LambdaTable {
    private static final int PLACES = 512;

    /** Most lambdas need a quarter of that. */
    private static final int LONGEST_KEPT = 4 * 1024;

    /** Immutable; so that a thread which finds one finds all of it. */
    private static final class Entry {
        private final byte[] description;
        private final WeakReference<LambdaFactory> factory;

        Entry(byte[] description, LambdaFactory factory) {
            this.description = description;
            this.factory = new WeakReference<>(factory);
        }
    }

    /** Made when the first one comes. */
    private @Nullable Entry @Nullable [] entries;

    /** Finds the classes of a description. */
    public interface Names {
        /**
         * @param in says which loader it is, in what follows the description
         */
        Class<?> resolve(String name, DataInput in) throws IOException, ClassNotFoundException;
    }

    static int hash(byte[] bytes, int from, int to) {
        int hash = 1;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash;
    }

    /**
     * What makes the lambdas of a description. Asks no filter, and has the powers of any class that the bytes name: where there
     * is a filter, {@link #describe} is the way.
     *
     * @param hash of the description, as {@link LambdaTemplate#hash} says it; a wrong one costs time
     * @param end of the description, where what is said about the loaders begins
     * @param to where that ends
     * @throws ClassNotFoundException if a class is not there
     * @throws IOException if it is no such description
     */
    public LambdaFactory factory(byte[] bytes, int from, int end, int to, int hash, Names names)
            throws IOException, ClassNotFoundException {
        @Nullable Entry[] all = entries;
        int place = 31 * hash + hash(bytes, end, to); // the loaders count, too: classes of one name may take turns
        place = (place ^ place >>> 16) & PLACES - 1;
        if (all != null) {
            Entry known = all[place];
            if (known != null && Arrays.equals(known.description, 0, known.description.length, bytes, from, to)) {
                LambdaFactory factory = known.factory.get();
                if (factory != null) {
                    return factory;
                }
            }
        }
        DescribedLambda described = describe(bytes, from, end, to, names);
        LambdaFactory factory = described instanceof SerializedShape serialized
                ? SerializedFactory.of(serialized)
                : LambdaMaker.of((LambdaShape) described);
        if (to - from <= LONGEST_KEPT) {
            if (all == null) {
                all = new @Nullable Entry[PLACES];
                entries = all;
            }
            all[place] = new Entry(Arrays.copyOfRange(bytes, from, to), factory);
        }
        return factory;
    }

    /** What the description says. Makes nothing of it, and keeps nothing. */
    public static DescribedLambda describe(byte[] bytes, int from, int end, int to, Names names)
            throws IOException, ClassNotFoundException {
        DataInputStream loaders = new DataInputStream(new ByteArrayInputStream(bytes, end, to - end));
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, from, end - from));
        DescribedLambda described = LambdaDescription.read(in, names, loaders);
        if (in.available() > 0 || loaders.available() > 0) {
            throw new InvalidObjectException("a description of a lambda with something behind its end");
        }
        return described;
    }
}
