/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import io.loky.ProcessPoolOptions;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind {@code replay}.
 *
 * @param jvmArgs what the JVM is told besides, in their order; the heap is among them
 * @param dropped how flags of the dead worker begin that are left out
 * @param debugPort where it waits for a debugger
 * @param javaHome null for the Java that it ran on
 */
record ReplayArguments(
        Path file,
        List<String> jvmArgs,
        List<String> dropped,
        OptionalInt debugPort,
        @Nullable Path javaHome) {
    private static final int DEBUG_PORT = 5005;
    private static final int LAST_PORT = 65_535;

    static ReplayArguments parse(List<String> args) throws UsageException {
        Path file = null;
        List<String> jvmArgs = new ArrayList<>();
        List<String> dropped = new ArrayList<>();
        OptionalInt debugPort = OptionalInt.empty();
        Path javaHome = null;
        Iterator<String> words = args.iterator();
        String word = next(words);
        while (word != null) {
            String following = next(words);
            boolean taken = true;
            switch (word) {
                case "--heap" -> jvmArgs.add("-Xmx" + heap(value(word, following)));
                case "--jvm-arg" -> jvmArgs.add(value(word, following));
                case "--drop-jvm-arg" -> dropped.add(value(word, following));
                case "--java-home" -> javaHome = path(value(word, following));
                case "--debug" -> {
                    taken = following != null && following.matches("\\d+");
                    debugPort = OptionalInt.of(taken && following != null ? port(following) : DEBUG_PORT);
                }
                default -> {
                    taken = false;
                    if (word.startsWith("--")) {
                        throw new UsageException("replay has no option " + word);
                    }
                    if (file != null) {
                        throw new UsageException("replay takes one file, got " + file + " and " + word);
                    }
                    file = path(word);
                }
            }
            word = taken ? next(words) : following;
        }
        if (file == null) {
            throw new UsageException("replay needs the file of a crash capsule");
        }
        return new ReplayArguments(file, List.copyOf(jvmArgs), List.copyOf(dropped), debugPort, javaHome);
    }

    private static @Nullable String next(Iterator<String> words) {
        return words.hasNext() ? words.next() : null;
    }

    private static String value(String option, @Nullable String following) throws UsageException {
        if (following == null || following.isEmpty()) {
            throw new UsageException(option + " needs a value");
        }
        return following;
    }

    private static String heap(String size) throws UsageException {
        try {
            return ProcessPoolOptions.builder().maxHeap(size).build().maxHeap().orElseThrow();
        } catch (IllegalArgumentException e) {
            throw new UsageException("--heap: " + e.getMessage());
        }
    }

    private static int port(String digits) throws UsageException {
        int port = digits.length() > 5 ? 0 : Integer.parseInt(digits);
        if (port < 1 || port > LAST_PORT) {
            throw new UsageException("--debug needs a port from 1 to " + LAST_PORT + ", got " + digits);
        }
        return port;
    }

    private static Path path(String text) throws UsageException {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new UsageException("'" + text + "' is no path: " + e.getReason());
        }
    }
}
