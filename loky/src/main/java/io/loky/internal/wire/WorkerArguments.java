/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.util.List;

/**
 * The command line of a worker's main class, as the parent writes it and the worker reads it.
 *
 * @param channel {@link #PIPES}, or the port on the loopback interface to connect to
 * @param directory the worker's own directory
 * @param label the worker's name in process lists and of its threads, such as {@code loky-pool-1-worker-3}
 * @param heartbeatMillis how long it may wait between two beats of its {@link Pulse}
 * @param index which one it is of those that its pool has at the same time, from 0
 * @param rules when it is to be replaced
 * @param receipts the name of what it measures of each task
 * @param large from how many bytes on an array of a result travels behind it, see {@link Sections}
 */
public record WorkerArguments(
        String channel,
        String directory,
        String label,
        long heartbeatMillis,
        int index,
        WorkerRules rules,
        String receipts,
        long large) {
    /** The channel is two pipes, on these file descriptors. */
    public static final String PIPES = "pipes";

    /** Where the worker reads, with {@link #PIPES}. */
    public static final int IN_FD = 3;

    /** Where the worker writes, with {@link #PIPES}. */
    public static final int OUT_FD = 4;

    public List<String> toList() {
        return List.of(
                channel,
                directory,
                label,
                Long.toString(heartbeatMillis),
                Integer.toString(index),
                rules.toArgument(),
                receipts,
                Long.toString(large));
    }

    /**
     * @throws IllegalArgumentException if these are not a worker's arguments
     */
    public static WorkerArguments parse(String[] args) {
        if (args.length != 8) {
            throw new IllegalArgumentException(
                    "this class is started by a Loky pool; expected channel, directory, label, heartbeat, index, rules,"
                            + " receipts and the size of large data, got "
                            + args.length + " arguments");
        }
        return new WorkerArguments(
                args[0],
                args[1],
                args[2],
                Long.parseLong(args[3]),
                Integer.parseInt(args[4]),
                WorkerRules.parse(args[5]),
                args[6],
                Long.parseLong(args[7]));
    }
}
