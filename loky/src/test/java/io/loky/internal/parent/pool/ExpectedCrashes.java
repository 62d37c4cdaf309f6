/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the crashes in a pool must mean, as follows from the events alone. */
final class ExpectedCrashes {
    // Not the constants of the policy: a test that reads them would agree with any value.
    private static final long FIRST_PAUSE = 100 * Setup.MILLI;
    private static final long LONGEST_PAUSE = 5 * Setup.SECOND;

    private final Setup setup;

    /** When there were crashes, all of them. */
    private final List<Long> times = new ArrayList<>();

    private long closesAt;
    private boolean open;

    /** The alarm has rung since it closed. */
    private boolean closedForAll = true;

    private final Map<String, Integer> inARow = new HashMap<>();

    /** Names in quarantine. */
    final Set<String> detained = new HashSet<>();

    /** Tasks that wait for a while before they are executed again, as they came. */
    final List<Story> pausing = new ArrayList<>();

    ExpectedCrashes(Setup setup) {
        this.setup = setup;
    }

    static boolean isCrash(EndReason reason) {
        return reason == EndReason.CRASHED || reason == EndReason.UNRESPONSIVE;
    }

    /** A worker has died. */
    void noteDeath(EndReason reason, long now) {
        if (!isCrash(reason)) {
            return;
        }
        times.add(now);
        long within =
                times.stream().filter(time -> now - time < setup.crashWindow).count();
        if (within > setup.maxCrashes || isOpen(now)) {
            open = true;
            closedForAll = false;
            closesAt = now + setup.crashWindow;
        }
    }

    /** Whether the pool starts nothing and takes nothing. */
    boolean isOpen(long now) {
        return open && now < closesAt;
    }

    /** Time has passed. */
    void tick(long now) {
        closedForAll |= now >= closesAt;
    }

    /** Whether workers are started that were not started while it was open: an event that changes nothing starts none. */
    boolean isClosedForAll() {
        return closedForAll;
    }

    boolean wasOpen() {
        return open;
    }

    /** A task of this name was being executed. Whether the name is in quarantine now. */
    boolean noteCrash(@Nullable String name) {
        if (name == null) {
            return false;
        }
        if (!detained.contains(name) && inARow.merge(name, 1, Integer::sum) >= setup.quarantineAfter) {
            inARow.remove(name);
            detained.add(name);
        }
        return detained.contains(name);
    }

    void noteSurvival(@Nullable String name) {
        inARow.remove(name);
    }

    boolean isRefused(Story story, long now) {
        return isOpen(now) || detained.contains(story.rerun().name());
    }

    /** How long one waits that has crashed so often. */
    static long pause(int crashes) {
        long pause = FIRST_PAUSE;
        for (int i = 2; i < crashes; i++) {
            pause = Math.min(LONGEST_PAUSE, 2 * pause);
        }
        return crashes < 2 ? 0 : pause;
    }
}
