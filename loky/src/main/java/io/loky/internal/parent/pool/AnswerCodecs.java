/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.codec.Dialect;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.parent.classes.TaskClassNames;
import org.jspecify.annotations.Nullable;

/**
 * What answers are decoded with. A task's own codec knows what the task has mentioned, class loaders above all, and keeps it. Where that was nothing, as with
 * most tasks, one codec does for all. Thread-safe.
 */
final class AnswerCodecs {
    private record Shared(TaskClassNames names, Dialect dialect, ObjectCodec codec) {}

    /** Refers to no loaders but those that are always there. */
    private volatile @Nullable Shared last;

    /**
     * @param names of a task that is encoded
     * @param own its codec
     */
    ObjectCodec of(TaskClassNames names, Dialect dialect, ObjectCodec own) {
        if (names.keepSomething()) {
            return own;
        }
        Shared shared = last;
        if (shared != null && shared.dialect == dialect && shared.names.isLike(names)) {
            return shared.codec;
        }
        last = new Shared(names, dialect, own);
        return own;
    }
}
