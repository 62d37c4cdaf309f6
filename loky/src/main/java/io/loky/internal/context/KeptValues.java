/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.context;

import io.loky.WorkerContext;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The context of one worker.
 *
 * <p>The map is locked for moments only. A value is made under the lock of its slot: others that want this one wait, and
 * nobody else does.
 */
public final class KeptValues implements WorkerContext {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    private final int index;
    private volatile long taskId;

    /** In the order of their keys' arrival. Guarded by itself. */
    private final Map<Class<?>, Slot> slots = new LinkedHashMap<>();

    /** Guarded by the slots. */
    private boolean closed;

    public KeptValues(int index) {
        this.index = index;
    }

    private static final class Slot {
        @Nullable
        Object value;

        boolean making;
    }

    // ---- for the worker ---------------------------------------------------------------------------------------------

    /** The worker has begun this task; 0 for none. */
    public void executing(long task) {
        taskId = task;
    }

    /** A class loader is gone: nobody can ask any more for what is kept by its classes. */
    public void forget(ClassLoader loader) {
        List<Slot> unreachable = new ArrayList<>();
        synchronized (slots) {
            for (Iterator<Map.Entry<Class<?>, Slot>> all = slots.entrySet().iterator(); all.hasNext(); ) {
                Map.Entry<Class<?>, Slot> entry = all.next();
                if (entry.getKey().getClassLoader() == loader) {
                    unreachable.add(entry.getValue());
                    all.remove();
                }
            }
        }
        if (!unreachable.isEmpty()) {
            // It is user code, and may block: not on the thread that reads the channel.
            Thread closer = new Thread(() -> closeAll(unreachable), "loky-worker-closer");
            closer.setDaemon(true);
            closer.start();
        }
    }

    /** The worker leaves. Closes what is kept. */
    public void close() {
        List<Slot> all;
        synchronized (slots) {
            closed = true;
            all = new ArrayList<>(slots.values());
            slots.clear();
        }
        closeAll(all);
    }

    private static void closeAll(List<Slot> all) {
        for (int i = all.size() - 1; i >= 0; i--) {
            Slot slot = all.get(i);
            synchronized (slot) {
                if (slot.value instanceof AutoCloseable closeable) {
                    close(closeable);
                }
                slot.value = null;
            }
        }
    }

    private static void close(AutoCloseable value) {
        try {
            value.close();
        } catch (Throwable e) { // the user's code: what comes after it is to be closed, too
            LOG.log(Level.WARNING, "a " + value.getClass().getName() + " that this worker kept could not be closed", e);
        }
    }

    // ---- for tasks --------------------------------------------------------------------------------------------------

    @Override
    public int index() {
        return index;
    }

    @Override
    public OptionalLong taskId() {
        long id = taskId;
        return id == 0 ? OptionalLong.empty() : OptionalLong.of(id);
    }

    @Override
    public <T> T computeIfAbsent(Class<T> type, Callable<? extends T> maker) throws Exception {
        Objects.requireNonNull(maker, "maker");
        Slot slot = slot(type);
        synchronized (slot) {
            if (slot.value == null) {
                checkNotMaking(slot, type);
                slot.making = true;
                try {
                    slot.value =
                            type.cast(Objects.requireNonNull(maker.call(), () -> "the maker of " + type.getName()));
                } finally {
                    slot.making = false;
                }
            }
            return type.cast(slot.value);
        }
    }

    @Override
    public <T> Optional<T> get(Class<T> type) {
        return read(find(type), type);
    }

    @Override
    public <T> Optional<T> put(Class<T> type, T value) {
        Objects.requireNonNull(value, "value");
        Slot slot = slot(type);
        synchronized (slot) {
            checkNotMaking(slot, type);
            Optional<T> before = read(slot, type);
            slot.value = type.cast(value);
            return before;
        }
    }

    @Override
    public <T> Optional<T> remove(Class<T> type) {
        Slot slot = find(type);
        if (slot == null) {
            return Optional.empty();
        }
        synchronized (slot) {
            Optional<T> before = read(slot, type);
            slot.value = null;
            return before;
        }
    }

    /** Only the thread that makes a value can come here while it is being made. */
    private static void checkNotMaking(Slot slot, Class<?> type) {
        if (slot.making) {
            throw new IllegalStateException("the value of " + type.getName() + " is being made by this very thread");
        }
    }

    private static <T> Optional<T> read(@Nullable Slot slot, Class<T> type) {
        if (slot == null) {
            return Optional.empty();
        }
        synchronized (slot) {
            return Optional.ofNullable(type.cast(slot.value));
        }
    }

    private @Nullable Slot find(Class<?> type) {
        Objects.requireNonNull(type, "type");
        synchronized (slots) {
            return slots.get(type);
        }
    }

    private Slot slot(Class<?> type) {
        Objects.requireNonNull(type, "type");
        synchronized (slots) {
            if (closed) {
                throw new IllegalStateException(
                        "the worker is leaving, and keeps nothing any more; asked for " + type.getName());
            }
            return slots.computeIfAbsent(type, key -> new Slot());
        }
    }
}
