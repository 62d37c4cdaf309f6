/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.reuse;

import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.parent.classes.TaskClassNames;
import java.io.ByteArrayOutputStream;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An object that workers get a copy of, as part of a {@link PoolKey}: equal to another one if the copies are the same. A
 * lambda that is evaluated again is a new object that equals no other, and yet the same once it is sent; and an object that has
 * been changed since is the same object, and yet another one once it is sent.
 *
 * <p>Turned into bytes once: when it is compared first, or before a map keeps it, which compares under locks, since that runs the
 * user's code. What cannot be turned into bytes is left to its {@code equals}. Thread-safe.
 */
final class AsSent {
    private static final System.Logger LOG = System.getLogger("io.loky.reuse");

    /** Of what cannot be sent. No object that can be is empty. */
    private static final byte[] NONE = {};

    private final Object value;
    private volatile byte @Nullable [] bytes;

    AsSent(Object value) {
        this.value = value;
    }

    /** As bytes, from now on; empty if that is not possible. */
    byte[] encoded() {
        byte[] known = bytes;
        if (known == null) {
            known = encode(value);
            bytes = known;
        }
        return known;
    }

    private static byte[] encode(Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            new ObjectCodec(new TaskClassNames(value.getClass())).write(value, out);
            return out.toByteArray();
        } catch (Throwable e) { // also what the user's writeObject throws, stack overflows included
            LOG.log(Level.DEBUG, "compared by equals, since it cannot be sent: " + value.getClass(), e);
            return NONE;
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof AsSent that)) {
            return false;
        }
        byte[] mine = encoded();
        return Arrays.equals(mine, that.encoded()) && (mine.length > 0 || value.equals(that.value));
    }

    /** The same for all: to compare is what costs. */
    @Override
    public int hashCode() {
        return AsSent.class.hashCode();
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
