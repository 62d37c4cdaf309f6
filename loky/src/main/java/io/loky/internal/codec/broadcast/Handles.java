/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.broadcast;

import io.loky.Broadcast;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What this JVM knows of broadcasts: its own, which it holds weakly, and whom to ask for others. */
public final class Handles {
    private static final Map<UUID, WeakReference<OwnBroadcast<?>>> OWN = new ConcurrentHashMap<>();

    /** Null in a JVM that is no worker. */
    private static volatile @Nullable Uplink uplink;

    /** Told of what is over above, for those below that have it from here. */
    private static volatile Consumer<UUID> below = id -> {};

    private Handles() {}

    static Broadcast<?> of(Ticket ticket) {
        WeakReference<OwnBroadcast<?>> known = OWN.get(ticket.id());
        OwnBroadcast<?> own = known == null ? null : known.get();
        return own != null ? own : new RemoteBroadcast<>(ticket);
    }

    static void add(OwnBroadcast<?> handle) {
        OWN.put(handle.ticket().id(), new WeakReference<>(handle));
    }

    /** It is over, and nobody finds the object by it any more. */
    public static void end(UUID id) {
        WeakReference<OwnBroadcast<?>> known = OWN.remove(id);
        OwnBroadcast<?> own = known == null ? null : known.get();
        if (own != null) {
            own.end();
        }
    }

    /** This JVM is a worker. */
    public static void ask(Uplink parent) {
        uplink = parent;
    }

    /** Null if this JVM is no worker. */
    public static @Nullable Uplink uplink() {
        return uplink;
    }

    /** Tells this of each broadcast of a JVM above that is over. */
    public static void tellBelow(Consumer<UUID> listener) {
        below = listener;
    }

    /** A worker has heard that a broadcast is over. Must not block. */
    public static void endedAbove(UUID id) {
        below.accept(id);
    }
}
