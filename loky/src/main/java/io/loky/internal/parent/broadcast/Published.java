/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.broadcast;

import io.loky.internal.codec.SharedValue;
import io.loky.internal.codec.broadcast.Handles;
import io.loky.internal.parent.jvm.ExitHook;
import io.loky.internal.parent.thread.ServiceThreads;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The broadcasts that workers of this JVM may ask for, whichever pool they are of: those that were made here, and, where this JVM
 * is itself a worker, those from above that its own workers have asked for. Removes the files at the exit of this JVM; where it is
 * killed its workers do.
 */
final class Published implements ExitHook.AtExit {
    private static final Map<UUID, Publication> ALL = new ConcurrentHashMap<>();

    static {
        ExitHook.add(new Published());
        // Not on the thread that reads the channel: it deletes a file.
        Handles.tellBelow(id -> {
            if (ALL.containsKey(id)) {
                ServiceThreads.execute(() -> end(id));
            }
        });
    }

    private Published() {}

    /**
     * Publishes a value.
     *
     * @param keep whatever has to stay as long as that can be read
     */
    static Publication add(UUID id, SharedValue value, Object keep) {
        Publication publication = Publication.of(id, value, keep);
        ALL.put(id, publication);
        if (ExitHook.isExiting()) { // looked at after adding: either the hook has seen it, or this has seen the hook
            publication.end();
        }
        return publication;
    }

    static @Nullable Publication find(UUID id) {
        return ALL.get(id);
    }

    /** It is over: nobody gets it any more, and those that have it forget it. */
    static void end(UUID id) {
        Publication publication = ALL.remove(id);
        Handles.end(id); // before the file goes: a handle whose file is gone says that it is over
        if (publication != null) {
            publication.end();
        }
    }

    @Override
    public void clean() {
        ALL.values().forEach(Publication::end);
    }
}
