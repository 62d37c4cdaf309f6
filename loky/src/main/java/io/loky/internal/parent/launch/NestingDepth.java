/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.NestingLimitException;
import io.loky.internal.context.CurrentContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many pools deep this JVM is: 0 in the first one, 1 in its workers, and so on. Handed down in the environment, so that
 * code which makes a pool when it is loaded, and is loaded again in each worker, ends in an error and not in processes
 * without number. The limit, its default, and that 0 or less means
 * none, are those of Python's loky.
 */
public final class NestingDepth {
    private static final String DEPTH = "LOKY_DEPTH";
    private static final String LIMIT = "LOKY_MAX_DEPTH";
    private static final int DEFAULT_LIMIT = 10;

    private NestingDepth() {}

    /**
     * @throws NestingLimitException if this JVM is so deep that it may have no workers
     * @throws IllegalArgumentException if a variable is no whole number, or none that it can be
     */
    public static void check() {
        check(System.getenv(DEPTH), System.getenv(LIMIT), CurrentContext.level());
    }

    /**
     * The same for a pool whose workers are threads, which is no deeper in processes.
     *
     * @throws NestingLimitException if the calling thread is a worker of one that is so deep
     */
    public static void checkInProcess() {
        check(null, System.getenv(LIMIT), CurrentContext.level());
    }

    static void check(@Nullable String depth, @Nullable String limit, int inThisJvm) {
        int most = NumberVariable.parse(LIMIT, limit, Integer.MIN_VALUE, DEFAULT_LIMIT);
        int current = NumberVariable.parse(DEPTH, depth, 0, 0) + inThisJvm;
        if (most > 0 && current >= most) {
            throw new NestingLimitException(current + 1, most);
        }
    }

    /** Whether this JVM is a worker itself. */
    static boolean isWorker() {
        return NumberVariable.parse(DEPTH, System.getenv(DEPTH), 0, 0) > 0;
    }

    static void pass(Map<String, String> environment) {
        environment.put(DEPTH, Integer.toString(NumberVariable.parse(DEPTH, System.getenv(DEPTH), 0, 0) + 1));
    }
}
