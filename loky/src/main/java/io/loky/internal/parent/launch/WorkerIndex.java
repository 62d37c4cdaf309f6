/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code ${worker.index}} stands for in options. With one more dollar sign before it, it stands for itself. */
final class WorkerIndex {
    private static final Pattern PLACEHOLDER = Pattern.compile("(\\$?)(\\$\\{worker\\.index})");

    private WorkerIndex() {}

    static List<String> in(List<String> texts, int index) {
        return texts.stream().map(text -> in(text, index)).toList();
    }

    static String in(String text, int index) {
        return PLACEHOLDER
                .matcher(text)
                .replaceAll(found ->
                        found.group(1).isEmpty() ? Integer.toString(index) : Matcher.quoteReplacement(found.group(2)));
    }
}
