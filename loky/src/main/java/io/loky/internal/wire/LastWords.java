/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import org.jspecify.annotations.Nullable;

/**
 * What a worker says on standard error right before it ends itself. The parent puts it into the report of the worker's death,
 * and does not pass it on as if it were the user's output. It knows it by what was drawn for this worker's {@link OutputMark},
 * which no user's text begins with.
 */
public final class LastWords {
    private static final String PREFIX = "loky worker: ";

    /** In a worker: what the parent knows them by. */
    private static volatile String signature = "";

    private LastWords() {}

    /** Worker: what is said from now on is known by this. What was said before, the parent passes on to nobody anyway. */
    public static void signWith(OutputMark mark) {
        signature = mark.text();
    }

    /** Worker: says why it is about to end. The words are joined without what would load classes: memory may be short. */
    public static void say(String why) {
        System.err.println(signature.concat(PREFIX).concat(why));
    }

    /** Worker: says why, and ends this JVM at once, without shutdown hooks. */
    public static void sayAndHalt(String why, int exitCode) {
        try {
            say(why);
        } finally {
            Runtime.getRuntime().halt(exitCode);
        }
    }

    /**
     * Parent: what the worker with this mark says last, without what it is known by.
     *
     * @return null if this line is something else
     */
    public static @Nullable String of(OutputMark mark, String line) {
        String signed = mark.text() + PREFIX;
        return line.startsWith(signed) ? line.substring(signed.length() - PREFIX.length()) : null;
    }

    /** Parent: whether this is a worker's last line. */
    public static boolean areIn(String line) {
        return line.startsWith(PREFIX);
    }
}
