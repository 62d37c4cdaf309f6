/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.broadcast;

import io.loky.Broadcast;
import io.loky.internal.process.ProcessIdentity;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A handle of another JVM; or of this one, if it came back when it was over. */
final class RemoteBroadcast<T extends @Nullable Object> implements Broadcast<T> {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // never written: the ticket is
    private final Ticket ticket;

    RemoteBroadcast(Ticket ticket) {
        this.ticket = ticket;
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // what was written was a T, and may be null
    public T get() {
        if (isOver()) {
            throw new IllegalStateException(OwnBroadcast.over(ticket.toString()));
        }
        Uplink parent = Handles.uplink();
        if (parent == null) {
            throw new IllegalStateException(ticket + " has come to process "
                    + ProcessHandle.current().pid()
                    + ", which neither made it nor is a worker of the one that did; only there"
                    + " it has a value: send the value itself");
        }
        Object value = parent.value(ticket).value();
        // each with a position of its own: tasks that run at the same time would move that of all others
        return (T) (value instanceof ByteBuffer buffer ? buffer.duplicate().order(buffer.order()) : value);
    }

    /** It was made here, and is not known here any more. */
    private boolean isOver() {
        return ticket.maker().equals(ProcessIdentity.self().toString());
    }

    /** Only whoever has made it gives it up for all. */
    @Override
    public void close() {
        if (isOver()) {
            return;
        }
        throw new UnsupportedOperationException(ticket + " cannot be closed in process "
                + ProcessHandle.current().pid() + ": close it in the program that made it");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RemoteBroadcast<?> remote && remote.ticket.id().equals(ticket.id());
    }

    @Override
    public int hashCode() {
        return ticket.id().hashCode();
    }

    @Override
    public String toString() {
        return ticket.toString();
    }

    private Object writeReplace() {
        return ticket;
    }

    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a broadcast is read from its ticket");
    }
}
