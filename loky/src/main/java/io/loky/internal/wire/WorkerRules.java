/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

/**
 * When a worker is to say that it should be replaced, as its command line carries it.
 *
 * @param growthLimit by how many bytes its memory may grow
 * @param memoryLimit how many bytes its process may take
 * @param checkEvery after how many tasks the user's check of its health runs; 0 if there is none
 * @param dirty the name of what happens when a task leaves something behind; see {@link #IGNORE}
 */
public record WorkerRules(long growthLimit, long memoryLimit, int checkEvery, String dirty) {
    /** There is no such limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** Nobody looks for what a task has left behind. */
    public static final String IGNORE = "IGNORE";

    /** It never says so, except after an {@link OutOfMemoryError}. */
    public static final WorkerRules NONE = new WorkerRules(UNLIMITED, UNLIMITED, 0, IGNORE);

    String toArgument() {
        return growthLimit + "," + memoryLimit + "," + checkEvery + "," + dirty;
    }

    static WorkerRules parse(String argument) {
        String[] parts = argument.split(",", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException("expected four rules for a worker, got '" + argument + "'");
        }
        return new WorkerRules(
                Long.parseLong(parts[0]), Long.parseLong(parts[1]), Integer.parseInt(parts[2]), parts[3]);
    }
}
