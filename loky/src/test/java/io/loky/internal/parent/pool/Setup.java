/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import java.util.SplittableRandom;

/** What a run is made with. Each property is chosen by a number, of which 0 is the plainest. */
final class Setup {
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000 * MILLI;
    static final long FOREVER = Long.MAX_VALUE;

    /** What becomes of processes when the events are over and all is let come to rest. */
    enum Rest {
        /** All go on. */
        GO_ON,
        /** All go on, but each start dies. */
        STARTS_DIE,
        /** All go on, but no start greets. */
        STARTS_HANG,
        /** What has a limit reaches it: nothing is done by itself that the pool will see to. */
        REACH_LIMITS
    }

    /** What the user does when all tasks are over. */
    enum Ending {
        SHUTDOWN,
        STOP,
        SHRINK_AND_SHUTDOWN
    }

    private static final long[] IDLE_TIMEOUTS = {10 * SECOND, SECOND, MILLI, FOREVER};
    private static final long[] START_TIMEOUTS = {20 * SECOND, SECOND, 20 * SECOND, FOREVER};
    private static final long[] HEARTBEATS = {SECOND, 5 * SECOND, 400 * MILLI, FOREVER};
    private static final int[] MIN_WORKERS = {0, 0, 1, 3};
    private static final int[] SPARES = {0, 0, 1, 2};
    private static final int[] MAX_TASKS = {Integer.MAX_VALUE, Integer.MAX_VALUE, 1, 2};
    private static final long[] MAX_AGES = {FOREVER, FOREVER, 20 * SECOND, FOREVER, 2 * SECOND};
    private static final int[] CAPACITIES = {Integer.MAX_VALUE, Integer.MAX_VALUE, 1, 3};
    private static final int[] RETRIES = {0, 0, 1, 3};
    private static final int[] QUARANTINES = {Integer.MAX_VALUE, Integer.MAX_VALUE, 1, 3};
    private static final int[] MAX_CRASHES = {Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, 1, 3};
    private static final long[] CRASH_WINDOWS = {SECOND, 10 * SECOND, 50 * MILLI};
    private static final long[] CLOCKS = {0, -7 * SECOND, 93 * SECOND + 7, Long.MIN_VALUE / 2};

    private static final long[] GRACES = {0, 100 * MILLI, 0, 2 * SECOND, FOREVER};
    private static final long[] SLOW = {FOREVER, FOREVER, 20 * MILLI, 3 * SECOND};

    static final int PROPERTIES = 21;

    final int maxWorkers;
    final int minWorkers;
    final int spareWorkers;
    final int maxTasks;
    final long maxAge;
    final int capacity;

    /** Whether submitters wait for room in the queue; else they are refused. */
    final boolean waitForRoom;

    /** How often a task is executed again after a crash. */
    final int retries;

    final int quarantineAfter;
    final int maxCrashes;
    final long crashWindow;

    /** Whether tasks are executed once more with a larger heap. */
    final boolean enlarges;

    final long idleTimeout;
    final long startTimeout;
    final long heartbeat;
    final long cancelGrace;
    final long slowTaskThreshold;
    final long clock;
    final Rest rest;
    final Ending ending;

    /** Which of several things that can go on goes on first while all comes to rest; 0 is the one that could first. */
    final int order;

    /** Every so many looks see nothing; 0 for none. */
    final int blindLooks;

    Setup(int[] choices) {
        maxWorkers = 1 + choices[0] % 4;
        idleTimeout = IDLE_TIMEOUTS[choices[1] % IDLE_TIMEOUTS.length];
        startTimeout = START_TIMEOUTS[choices[2] % START_TIMEOUTS.length];
        heartbeat = HEARTBEATS[choices[3] % HEARTBEATS.length];
        clock = CLOCKS[choices[4] % CLOCKS.length];
        int atRest = choices[5] % 12;
        rest = Rest.values()[atRest % 4];
        ending = Ending.values()[atRest / 4];
        order = choices[6];
        blindLooks = choices[7] % 4 == 1 ? 3 : 0;
        minWorkers = Math.min(maxWorkers, MIN_WORKERS[choices[8] % MIN_WORKERS.length]);
        spareWorkers = SPARES[choices[9] % SPARES.length];
        maxTasks = MAX_TASKS[choices[10] % MAX_TASKS.length];
        maxAge = MAX_AGES[choices[11] % MAX_AGES.length];
        capacity = CAPACITIES[choices[12] % CAPACITIES.length];
        waitForRoom = choices[13] % 4 != 1;
        cancelGrace = GRACES[choices[14] % GRACES.length];
        slowTaskThreshold = SLOW[choices[15] % SLOW.length];
        retries = RETRIES[choices[16] % RETRIES.length];
        quarantineAfter = QUARANTINES[choices[17] % QUARANTINES.length];
        maxCrashes = MAX_CRASHES[choices[18] % MAX_CRASHES.length];
        crashWindow = CRASH_WINDOWS[choices[19] % CRASH_WINDOWS.length];
        enlarges = choices[20] % 3 == 1;
    }

    PoolLimits limits() {
        return new PoolLimits(
                minWorkers,
                maxWorkers,
                spareWorkers,
                maxTasks,
                maxAge,
                capacity,
                idleTimeout,
                startTimeout,
                heartbeat,
                cancelGrace,
                slowTaskThreshold,
                new CrashLimits(quarantineAfter, maxCrashes, crashWindow));
    }

    static int[] random(SplittableRandom random) {
        int[] choices = new int[PROPERTIES];
        for (int i = 0; i < PROPERTIES; i++) {
            choices[i] = random.nextInt(1 << 16);
        }
        return choices;
    }

    @Override
    public String toString() {
        return maxWorkers + " workers, idle time-out " + words(idleTimeout) + ", start time-out " + words(startTimeout)
                + ", heartbeat " + words(heartbeat) + ", clock at " + clock + ", at rest " + rest + ", then " + ending
                + (minWorkers == 0 ? "" : ", at least " + minWorkers)
                + (spareWorkers == 0 ? "" : ", " + spareWorkers + " spare")
                + (maxTasks == Integer.MAX_VALUE ? "" : ", at most " + maxTasks + " tasks each")
                + (maxAge == FOREVER ? "" : ", at most " + words(maxAge) + " old")
                + (capacity == Integer.MAX_VALUE
                        ? ""
                        : ", at most " + capacity + " wait, others " + (waitForRoom ? "wait for room" : "are refused"))
                + (cancelGrace == 0 ? "" : ", grace " + words(cancelGrace))
                + (slowTaskThreshold == FOREVER ? "" : ", slow after " + words(slowTaskThreshold))
                + (retries == 0 ? "" : ", " + retries + " retries")
                + (quarantineAfter == Integer.MAX_VALUE ? "" : ", quarantine after " + quarantineAfter)
                + (maxCrashes == Integer.MAX_VALUE
                        ? ""
                        : ", at most " + maxCrashes + " crashes within " + words(crashWindow))
                + (enlarges ? ", once more with a larger heap" : "")
                + (blindLooks == 0 ? "" : ", every third look sees nothing") + (order == 0 ? "" : ", order " + order);
    }

    private static String words(long nanos) {
        return nanos == FOREVER ? "none" : nanos / MILLI + " ms";
    }
}
