/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.broadcast;

import io.loky.Broadcast;
import io.loky.internal.codec.ObjectCodec;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The handle in the JVM that made it, with the object itself. There is one for each broadcast: what comes back from a worker is
 * it again.
 */
public final class OwnBroadcast<T extends @Nullable Object> implements Broadcast<T> {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // never written: the ticket is
    private final Ticket ticket;

    private final transient Runnable onClose;
    private transient volatile @Nullable Held<T> held;

    /** An object of its own, since null is a value. */
    private record Held<T extends @Nullable Object>(T value) {}

    private OwnBroadcast(Ticket ticket, T value, Runnable onClose) {
        this.ticket = ticket;
        this.held = new Held<>(value);
        this.onClose = onClose;
    }

    /**
     * A handle that is known in this JVM from now on, until {@link Handles#end}.
     *
     * @param onClose ends it
     */
    public static <T extends @Nullable Object> OwnBroadcast<T> make(Ticket ticket, T value, Runnable onClose) {
        OwnBroadcast<T> made = new OwnBroadcast<>(ticket, value, onClose);
        Handles.add(made);
        return made;
    }

    Ticket ticket() {
        return ticket;
    }

    @Override
    public T get() {
        Held<T> now = held;
        if (now == null) {
            throw new IllegalStateException(over(ticket.toString()));
        }
        return now.value();
    }

    /** What to say of one that nobody may ask for any more. */
    public static String over(String subject) {
        return subject
                + " is over: it was closed, or its pool has ended, or the program that made it holds it no longer; keep"
                + " the handle open as long as tasks need it";
    }

    /** It is over. */
    void end() {
        held = null;
    }

    @Override
    public void close() {
        onClose.run();
        held = null;
    }

    @Override
    public String toString() {
        return ticket + (held == null ? " (over)" : "");
    }

    private Object writeReplace() {
        ObjectCodec.keepForBound(this);
        return ticket.of(this);
    }

    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a broadcast is read from its ticket");
    }
}
