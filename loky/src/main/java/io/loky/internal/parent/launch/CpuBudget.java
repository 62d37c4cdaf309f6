/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.machine.Machine;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many CPUs this JVM may plan with. The workers of a pool divide what their parent has, so that pools in tasks do not
 * multiply the load: each worker is handed its share in the environment, and with it everything that starts below.
 */
public final class CpuBudget {
    /** The share, written by the parent. A user who knows better sets it in the options of the pool. */
    static final String BUDGET = "LOKY_CPU_BUDGET";

    /** A limit of the user's, for this JVM and all below. */
    private static final String MAX_CPU_COUNT = "LOKY_MAX_CPU_COUNT";

    private CpuBudget() {}

    /**
     * At least 1: the CPUs of this JVM, and no more than either variable says.
     *
     * @throws IllegalArgumentException if a variable is not a whole number of at least 1
     */
    public static int count() {
        return count(Machine.cpus(), System.getenv(BUDGET), System.getenv(MAX_CPU_COUNT));
    }

    /**
     * The same, but CPUs that share a core count once, unless something allows fewer than there are.
     *
     * @throws IllegalArgumentException if a variable is not a whole number of at least 1
     */
    public static int cores() {
        int all = count();
        return all < Machine.cpus() ? all : Machine.cores();
    }

    /**
     * Refuses a bad value when a pool is made, and not when its first worker is started.
     *
     * @throws IllegalArgumentException if a variable is not a whole number of at least 1
     */
    public static void check() {
        var unused = count();
    }

    static int count(int available, @Nullable String budget, @Nullable String limit) {
        return Math.min(available, Math.min(atMost(BUDGET, budget), atMost(MAX_CPU_COUNT, limit)));
    }

    /** What each of so many workers has of this JVM's budget. */
    static int share(int workers) {
        return share(count(), workers);
    }

    static int share(int count, int workers) {
        return Math.max(1, count / workers);
    }

    /**
     * The same, but what the user has set in the pool's environment comes first, as far as there are so many.
     *
     * @param ofUser null if that is nothing
     */
    static int share(int workers, @Nullable String ofUser) {
        if (ofUser == null) {
            return share(workers);
        }
        try {
            return Math.min(count(), atMost(BUDGET, ofUser));
        } catch (IllegalArgumentException e) {
            return share(workers); // the worker says so to the task that asks for its budget
        }
    }

    /**
     * Whether a JVM below this one counts so many CPUs if it is told nothing: neither of the variables tells it anything, nor does the
     * command line of this JVM.
     */
    static boolean isWhatWorkersFind(int cpus) {
        return isWhatWorkersFind(cpus, Runtime.getRuntime().availableProcessors(), InheritedFlags.ofThisJvm());
    }

    /** @param flags those of this JVM, which has found that so many CPUs are available */
    static boolean isWhatWorkersFind(int cpus, int available, List<String> flags) {
        return cpus == available && flags.stream().noneMatch(flag -> flag.startsWith("-XX:ActiveProcessorCount="));
    }

    /** Hands a worker its share, unless its pool was told otherwise. */
    static void pass(Map<String, String> environment, Map<String, String> ofUser, int share) {
        if (!ofUser.containsKey(BUDGET)) {
            environment.put(BUDGET, Integer.toString(share));
        }
    }

    private static int atMost(String variable, @Nullable String value) {
        return NumberVariable.parse(variable, value, 1, Integer.MAX_VALUE);
    }
}
