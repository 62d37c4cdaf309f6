/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.broadcast;

import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.Kept;
import java.io.Serializable;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What stands for a broadcast in a message, in some hundred bytes. Numbers and texts only: a user's filter is asked about
 * nothing else.
 */
public final class Ticket implements Serializable, Kept {
    private static final long serialVersionUID = 1L;

    private final long high;
    private final long low;
    private final String maker;
    private final String label;

    /** The handle that was written; not there on the other side. */
    private final transient @Nullable Object handle;

    /**
     * @param maker the identity of the process that makes it
     * @param label what it is, for messages, such as {@code a double[1000] of loky-pool-1}
     */
    public Ticket(UUID id, String maker, String label) {
        this(id.getMostSignificantBits(), id.getLeastSignificantBits(), maker, label, null);
    }

    private Ticket(long high, long low, String maker, String label, @Nullable Object handle) {
        this.high = high;
        this.low = low;
        this.maker = maker;
        this.label = label;
        this.handle = handle;
    }

    /** The same in a message that this handle was written to. */
    Ticket of(Object written) {
        return new Ticket(high, low, maker, label, written);
    }

    public UUID id() {
        return new UUID(high, low);
    }

    /** The identity of the process that has made it. */
    public String maker() {
        return maker;
    }

    @Override
    public void keepFor(ClassNames names) {
        if (handle != null) {
            names.keep(handle);
        }
    }

    private Object readResolve() {
        return Handles.of(this);
    }

    @Override
    public String toString() {
        return "the broadcast of " + label + " in process " + maker.replaceFirst("-.*", "");
    }
}
