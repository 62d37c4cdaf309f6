/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a JVM says on its output before it ends itself, other than by a crash; HotSpot from 17 to 25. */
final class JvmWords {
    /** With which {@code -XX:+ExitOnOutOfMemoryError} ends a JVM. */
    static final int OUT_OF_MEMORY_CODE = 3;

    /** With which a JVM ends whose main thread has died of an exception, when no other thread keeps it alive. */
    static final int MAIN_DIED_CODE = 1;

    private static final String TERMINATING = "Terminating due to ";

    /** That it does not start, and not why. */
    private static final Pattern THAT_IT_FAILED = Pattern.compile(
            "Error: (?:Could not create the Java Virtual Machine|A fatal exception has occurred|A JNI error has occurred).*"
                    + "|Error occurred during initialization of (?:VM|boot layer)");

    private static final Pattern WHY_IT_FAILED =
            Pattern.compile("(?:Error|Unrecognized|Invalid|Improperly|Missing|Conflicting"
                    + "|Unsupported|Could not|Cannot|Too small|Initial heap size|Multiple|Exception in).*");

    /** The second form is that of a JVM that had no memory for the first. */
    private static final Pattern MAIN_DIED = Pattern.compile(
            "Exception in thread \"(?:main|loky-pool-\\d+-worker-\\d+)\" (java\\.lang\\.OutOfMemoryError.*)"
                    + "|Exception: java\\.lang\\.OutOfMemoryError thrown from the UncaughtExceptionHandler in thread"
                    + " \"(?:main|loky-pool-\\d+-worker-\\d+)\"");

    private JvmWords() {}

    /** {@code java.lang.OutOfMemoryError: Java heap space}, where the JVM ended for that. */
    static Optional<String> outOfMemory(List<String> output) {
        return output.stream()
                .filter(line -> line.startsWith(TERMINATING + OutOfMemoryError.class.getName()))
                .reduce((first, last) -> last)
                .map(line -> line.substring(TERMINATING.length()));
    }

    /** The same, where its main thread has died of it: the pool's, after which no task is done in this worker. */
    static Optional<String> outOfMemoryInMain(List<String> output) {
        for (int i = output.size() - 1; i >= 0; i--) {
            Matcher died = MAIN_DIED.matcher(output.get(i));
            if (died.matches()) {
                return Optional.of(died.group(1) == null ? OutOfMemoryError.class.getName() : died.group(1));
            }
        }
        return Optional.empty();
    }

    /** The same, where it has run a command of the user's for that ({@code -XX:OnOutOfMemoryError}). */
    static Optional<String> outOfMemoryWithACommand(List<String> output) {
        String error = "# " + OutOfMemoryError.class.getName();
        for (int i = output.size() - 2; i >= 0; i--) {
            if (output.get(i).startsWith(error) && output.get(i + 1).startsWith("# -XX:OnOutOfMemoryError=")) {
                return Optional.of(output.get(i).substring("# ".length()));
            }
        }
        return Optional.empty();
    }

    /** Why it did not start, in its own words, where it says so. */
    static Optional<String> startError(List<String> output) {
        return output.stream()
                .filter(line -> WHY_IT_FAILED.matcher(line).matches()
                        && !THAT_IT_FAILED.matcher(line).matches())
                .findFirst();
    }
}
