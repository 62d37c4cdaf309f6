/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.crash.Death;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names whose tasks kill workers. A name is under suspicion from a crash until one of its tasks ends without one, and is
 * detained, until somebody releases it, after so many crashes in a row.
 *
 * <p>Of each kind {@value #MOST_NAMES} are remembered, those that were heard of last: a program may give each task a name of its own.
 */
final class Quarantine {
    static final int MOST_NAMES = 1_024;

    private final int after;
    private final Map<String, Integer> suspects = new LinkedHashMap<>();
    private final Map<String, Failure.Quarantined> detained = new LinkedHashMap<>();

    Quarantine(CrashLimits limits) {
        this.after = limits.quarantineAfter();
    }

    /** A task of this name has crashed. Whether the name is detained by this. */
    boolean crashed(String name, long taskId, Death death) {
        if (after == CrashLimits.ANY_NUMBER || detained.containsKey(name)) {
            return false;
        }
        Integer before = suspects.remove(name);
        int crashes = before == null ? 1 : before + 1;
        if (crashes < after) {
            suspects.put(name, crashes); // behind all others
            trim(suspects);
            return false;
        }
        detained.put(name, new Failure.Quarantined(name, crashes, taskId, death));
        trim(detained);
        return true;
    }

    private static void trim(Map<String, ?> names) {
        if (names.size() > MOST_NAMES) {
            Iterator<String> oldest = names.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** A task of this name has ended and left its worker alive. */
    void survived(@Nullable String name) {
        if (name != null && !suspects.isEmpty()) {
            suspects.remove(name);
        }
    }

    /** Why tasks of this name are not executed; null if they are. */
    Failure.@Nullable Quarantined failure(@Nullable String name) {
        return name == null || detained.isEmpty() ? null : detained.get(name);
    }

    /** False if it was not detained. */
    boolean release(String name) {
        return detained.remove(name) != null;
    }

    /** As they are now; the one that is there for the longest time first. */
    Map<String, Failure.Quarantined> detained() {
        return new LinkedHashMap<>(detained);
    }
}
