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
    private static final long[] CLOCKS = {0, -7 * SECOND, 93 * SECOND + 7, Long.MIN_VALUE / 2};

    static final int PROPERTIES = 8;

    final int maxWorkers;
    final long idleTimeout;
    final long startTimeout;
    final long heartbeat;
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
                + (blindLooks == 0 ? "" : ", every third look sees nothing") + (order == 0 ? "" : ", order " + order);
    }

    private static String words(long nanos) {
        return nanos == FOREVER ? "none" : nanos / MILLI + " ms";
    }
}
