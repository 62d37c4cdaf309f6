/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.ProcessPoolOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the user tells the JVM of a worker, in the arguments of the pool and in the variables in which every JVM looks. Of a
 * flag that is there twice the last one counts, and the library's own come in between.
 *
 * @param before those that the library's own win over
 * @param after those that win
 */
record UserFlags(List<String> before, List<String> after) {
    private static final Pattern IN_A_FILE = Pattern.compile("@|-XX:Flags=|-XX:VMOptionsFile=");

    static UserFlags of(ProcessPoolOptions options) {
        List<String> before = new ArrayList<>(words("JAVA_TOOL_OPTIONS", options));
        before.addAll(words("JDK_JAVA_OPTIONS", options));
        List<String> after = new ArrayList<>(options.jvmArgs());
        after.addAll(words("_JAVA_OPTIONS", options));
        return new UserFlags(before, after);
    }

    boolean say(Pattern flag) {
        return areIn(Stream.concat(before.stream(), after.stream()), flag);
    }

    /** The same for what may be in a file that the command line names: nobody reads that here. */
    boolean maySay(Pattern flag) {
        return say(flag) || say(IN_A_FILE);
    }

    private static boolean areIn(Stream<String> flags, Pattern flag) {
        return flags.anyMatch(each -> flag.matcher(each).lookingAt());
    }

    private static List<String> words(String variable, ProcessPoolOptions options) {
        String inherited = System.getenv(variable);
        String value = options.environment().getOrDefault(variable, inherited == null ? "" : inherited);
        return List.of(value.replaceAll("[\"']", "").strip().split("\\s+"));
    }
}
