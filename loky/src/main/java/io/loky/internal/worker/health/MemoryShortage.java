/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

import io.loky.OutOfMemoryDetails;
import io.loky.OutOfMemoryKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be said, in the worker, about an {@link OutOfMemoryError} that is the end of a task. */
public final class MemoryShortage {
    /** Causes can form a circle. */
    private static final int DEEPEST_CAUSE = 100;

    private static final HeapHistogram.Taken NOTHING = new HeapHistogram.Taken(List.of(), "");

    private MemoryShortage() {}

    /** The error that is this, or its cause; null if there is none. Runs the user's {@code getCause}. */
    public static @Nullable OutOfMemoryError in(Throwable thrown) {
        Throwable link = thrown;
        for (int i = 0; link != null && i < DEEPEST_CAUSE; i++) {
            if (link instanceof OutOfMemoryError error) {
                return error;
            }
            link = link.getCause();
        }
        return null;
    }

    /** The same with {@link OutOfMemoryDetails}. Called right after it was caught: they are about the heap as it is now. */
    static Throwable explained(Throwable thrown, OutOfMemoryError error, OutOfMemoryKind kind) {
        boolean heap = HeapHistogram.explains(kind);
        HeapHistogram.Taken taken = heap ? HeapHistogram.take() : NOTHING;
        OutOfMemoryDetails details = new OutOfMemoryDetails(
                kind, ProcessHandle.current().pid(), heap ? detail(taken.whyNone()) : "", taken.lines());
        Throwable explained = thrown.getClass() == OutOfMemoryError.class ? copy(thrown) : thrown;
        explained.addSuppressed(details);
        return explained;
    }

    /** About the heap. */
    static String detail(String whyNotListed) {
        return "whose Java heap has room for " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB of objects"
                + (whyNotListed.isEmpty() ? "" : " (its classes are not listed: " + whyNotListed + ")");
    }

    /** The JVM's own instances take no suppressed throwables. */
    private static Throwable copy(Throwable error) {
        OutOfMemoryError copy = new OutOfMemoryError(error.getMessage());
        copy.setStackTrace(error.getStackTrace());
        if (error.getCause() != null) {
            copy.initCause(error.getCause());
        }
        for (Throwable suppressed : error.getSuppressed()) {
            copy.addSuppressed(suppressed);
        }
        return copy;
    }
}
