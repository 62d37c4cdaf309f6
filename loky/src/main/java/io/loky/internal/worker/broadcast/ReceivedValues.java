/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.broadcast;

import io.loky.TaskSerializationException;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.SafeText;
import io.loky.internal.codec.SharedValue;
import io.loky.internal.codec.broadcast.Handles;
import io.loky.internal.codec.broadcast.Ticket;
import io.loky.internal.codec.broadcast.Uplink;
import io.loky.internal.execution.TaskClasses;
import io.loky.internal.wire.BroadcastAnswer;
import io.loky.internal.wire.BroadcastAsk;
import io.loky.internal.wire.SharedContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The values of broadcasts that tasks of this worker have asked for. Each is fetched and decoded once, by the first that asks; others
 * that want it meanwhile wait. It stays until the parent says that it is over.
 */
public final class ReceivedValues implements Uplink {
    private final BroadcastLine parent;
    private final TaskClasses classes;
    private final Map<UUID, Slot> slots = new ConcurrentHashMap<>();

    /** One value. Locked while it is fetched. */
    private static final class Slot {
        SharedValue.@Nullable Read received;

        boolean receiving;
    }

    public ReceivedValues(BroadcastLine parent, TaskClasses classes) {
        this.parent = parent;
        this.classes = classes;
    }

    @Override
    public SharedValue.Read value(Ticket ticket) {
        for (; ; ) {
            Slot slot = slots.computeIfAbsent(ticket.id(), id -> new Slot());
            synchronized (slot) {
                SharedValue.@Nullable Read received = slot.received;
                if (received != null) {
                    return received;
                }
                if (slots.get(ticket.id())
                        == slot) { // else it could not be fetched, or is over: the next try is one's own
                    return receive(ticket, slot);
                }
            }
        }
    }

    /** Only the thread that fetches a value can come here while it is being fetched. */
    private SharedValue.Read receive(Ticket ticket, Slot slot) {
        if (slot.receiving) {
            throw new IllegalStateException("the value of " + ticket + " is being read by this very thread");
        }
        slot.receiving = true;
        try {
            SharedValue.Read received = fetch(ticket);
            slot.received = received;
            return received;
        } finally {
            slot.receiving = false;
            if (slot.received == null) {
                slots.remove(ticket.id(), slot);
            }
        }
    }

    @Override
    public boolean has(UUID id) {
        return slots.containsKey(id);
    }

    /** The parent says that it is over. Tasks that have the value go on using it. */
    public void forget(UUID id) {
        slots.remove(id);
        Handles.endedAbove(id);
    }

    // ---- fetching ---------------------------------------------------------------------------------------------------

    private SharedValue.Read fetch(Ticket ticket) {
        try {
            return fetch(new BroadcastAsk(ticket.id(), ticket.maker(), 0, true));
        } catch (RefusedException e) {
            throw new IllegalStateException(ticket + " cannot be had in process "
                    + ProcessHandle.current().pid() + ": " + e.getMessage());
        } catch (VirtualMachineError e) { // of this worker, not of the value
            throw e;
        } catch (Throwable e) { // also what the user's readObject throws
            throw new TaskSerializationException(
                    "the value of " + ticket + " could not be rebuilt in the worker: " + SafeText.of(e)
                            + "; the parent's class loaders must give its classes away, and their readObject must work"
                            + " there",
                    e);
        }
    }

    private SharedValue.Read fetch(BroadcastAsk ask) throws IOException, ClassNotFoundException {
        BroadcastAnswer answer = ask(ask);
        String file = answer.file();
        byte[] head = head(answer);
        if (file != null && SharedValue.isReadInPlace(head)) {
            ByteBuffer content = map(Path.of(file), ask.id(), answer.length());
            if (content != null) {
                return SharedValue.read(head, content);
            }
        } else if (file != null) {
            try (InputStream in = open(Path.of(file), ask.id(), answer.length())) {
                if (in != null) {
                    return read(head, answer.length(), in);
                }
            }
        }
        if (file != null) {
            answer = ask(new BroadcastAsk(ask.id(), ask.maker(), 0, false));
            head = head(answer);
        }
        return read(head, answer.length(), new ChannelBytes(parent, ask, answer));
    }

    private BroadcastAnswer ask(BroadcastAsk question) {
        BroadcastAnswer answer = parent.ask(question);
        String refusal = answer.refusal();
        if (refusal != null) {
            throw new RefusedException(refusal);
        }
        return answer;
    }

    private static byte[] head(BroadcastAnswer answer) {
        byte @Nullable [] head = answer.head();
        return Objects.requireNonNull(head, "an answer without a head");
    }

    /** Null where this worker does not see the file: a command prefix may have given it other directories. Or it is over. */
    private static @Nullable InputStream open(Path file, UUID id, long length) {
        try {
            return SharedContent.open(file, id, length);
        } catch (IOException e) {
            return null;
        }
    }

    /** The same. Null also where there is no address space for it. */
    private static @Nullable ByteBuffer map(Path file, UUID id, long length) {
        try {
            return SharedContent.map(file, id, Math.toIntExact(length));
        } catch (IOException e) {
            return null;
        }
    }

    /** In the context of the value's own loader, as a task is read in that of its function's. */
    private SharedValue.Read read(byte[] head, long length, InputStream in) throws IOException, ClassNotFoundException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            return SharedValue.read(head, length, in, root -> {
                ClassLoader loader = classes.loader(root);
                thread.setContextClassLoader(loader);
                return new ObjectCodec(classes.seenFrom(loader));
            });
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
