/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.spi.TaskCodec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The dialects in which a pool speaks to its workers: its own, and for tasks that bring a codec of theirs the last few of
 * those, since a codec is serialized once and not for each task. Thread-safe.
 */
public final class Dialects {
    private static final int KEPT = 16;

    private final Dialect ofPool;

    /** The one that was used last comes first. Guarded by this. */
    private final Deque<Dialect> ofTasks = new ArrayDeque<>();

    public Dialects(Dialect ofPool) {
        this.ofPool = ofPool;
    }

    /**
     * @param codec the task's own; null if it brings none. The same instance means the same dialect: to ask equals would
     *     be to call user code
     */
    public Dialect of(@Nullable TaskCodec codec) {
        if (codec == null || codec == ofPool.codec()) {
            return ofPool;
        }
        synchronized (this) {
            Dialect dialect = null;
            for (Iterator<Dialect> all = ofTasks.iterator(); dialect == null && all.hasNext(); ) {
                Dialect candidate = all.next();
                if (candidate.codec() == codec) {
                    dialect = candidate;
                    all.remove();
                }
            }
            if (dialect == null) {
                dialect = ofPool.with(codec);
            }
            ofTasks.addFirst(dialect);
            if (ofTasks.size() > KEPT) {
                ofTasks.removeLast();
            }
            return dialect;
        }
    }
}
