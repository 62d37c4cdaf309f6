/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

/**
 * What a worker says on standard error right before it ends itself. The parent knows it by its beginning, puts it into the
 * report of the worker's death, and does not pass it on as if it were the user's output.
 */
public final class LastWords {
    private static final String PREFIX = "loky worker: ";

    private LastWords() {}

    /** Worker: says why, and ends this JVM at once, without shutdown hooks. */
    public static void sayAndHalt(String why, int exitCode) {
        try {
            System.err.println(PREFIX + why);
        } finally {
            Runtime.getRuntime().halt(exitCode);
        }
    }

    /** Parent: whether this line is a worker's last. */
    public static boolean areIn(String line) {
        return line.startsWith(PREFIX);
    }
}
