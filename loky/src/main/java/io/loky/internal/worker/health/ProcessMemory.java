/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

import io.loky.internal.codec.jdk.InternalsClosedException;
import io.loky.internal.codec.jdk.JdkInternals;
import io.loky.internal.process.ResidentMemory;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The memory of this process. Loads no class for management: that would cost more than everything else here. */
final class ProcessMemory implements MemoryGauge {
    private @Nullable AtomicLong direct;

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Reading read() {
        Runtime runtime = Runtime.getRuntime();
        long committed = runtime.totalMemory();
        return new Reading(committed - runtime.freeMemory(), committed, ResidentMemory.ofThis());
    }

    @Override
    public long direct() {
        AtomicLong found = direct;
        if (found == null) {
            found = find();
            direct = found;
        }
        return found.get();
    }

    private static AtomicLong find() {
        try {
            Class<?> bits = Class.forName("java.nio.Bits");
            return (AtomicLong) JdkInternals.get()
                    .in(bits)
                    .findStaticVarHandle(bits, "RESERVED_MEMORY", AtomicLong.class)
                    .get();
        } catch (ReflectiveOperationException | InternalsClosedException | IllegalArgumentException e) {
            return new AtomicLong(); // a JVM that lets nobody look: then they count as all that is outside the heap
        }
    }

    @Override
    public boolean collect() {
        WeakReference<Object> garbage = new WeakReference<>(new Object());
        System.gc();
        return garbage.get() == null;
    }
}
