/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.broadcast;

import io.loky.Broadcast;
import io.loky.internal.codec.SharedValue;
import io.loky.internal.codec.broadcast.OwnBroadcast;
import io.loky.internal.codec.broadcast.Ticket;
import io.loky.internal.process.ProcessIdentity;
import java.lang.ref.Cleaner;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The broadcasts of one pool, which end with it at the latest. Thread-safe. Nothing in here refers to the pool as its user holds
 * it.
 */
public final class Broadcasts {
    private final String pool;
    private final Cleaner cleaner;

    // Guarded by this.
    private final Set<UUID> open = new HashSet<>();
    private boolean over;

    /**
     * @param pool its label
     * @param cleaner sees to those whose handles were dropped
     */
    public Broadcasts(String pool, Cleaner cleaner) {
        this.pool = pool;
        this.cleaner = cleaner;
    }

    /**
     * Makes one. Null if the pool has ended.
     *
     * @param sketch what the value is, for messages
     * @param keep whatever has to stay as long as the value can be read
     */
    public <T extends @Nullable Object> @Nullable Broadcast<T> make(
            T value, SharedValue encoded, String sketch, Object keep) {
        UUID id = UUID.randomUUID();
        synchronized (this) {
            if (over) {
                return null;
            }
            open.add(id);
        }
        try {
            Published.add(id, encoded, keep);
        } catch (Throwable e) { // no memory for it
            end(id);
            throw e;
        }
        Ticket ticket = new Ticket(id, ProcessIdentity.self().toString(), sketch + " by " + pool);
        OwnBroadcast<T> handle = OwnBroadcast.make(ticket, value, () -> end(id));
        cleaner.register(handle, () -> end(id));
        if (isOver()) { // looked at after all was made: either the end has seen it, or this the end
            end(id);
            return null;
        }
        return handle;
    }

    private synchronized boolean isOver() {
        return over;
    }

    private void end(UUID id) {
        synchronized (this) {
            open.remove(id);
        }
        Published.end(id);
    }

    /** The pool has ended. */
    public void close() {
        Set<UUID> all;
        synchronized (this) {
            over = true;
            all = Set.copyOf(open);
        }
        all.forEach(this::end);
    }
}
