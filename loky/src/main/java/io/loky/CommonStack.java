/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.ArrayList;
import java.util.List;

/** What several looks at one thread have in common, in words for a message. */
final class CommonStack {

    /** More than these nobody reads in a message. */
    private static final int SHOWN = 10;

    private CommonStack() {}

    /**
     * Returns a part of a sentence, with frames on lines of their own, and a new line at its end.
     *
     * @param stacks each with the innermost frame first
     * @return empty if there are none
     */
    static String of(List<List<StackTraceElement>> stacks) {
        List<List<StackTraceElement>> seen =
                stacks.stream().filter(stack -> !stack.isEmpty()).toList();
        if (seen.isEmpty()) {
            return "";
        }
        List<StackTraceElement> first = seen.get(0);
        if (seen.size() == 1) {
            return text("it was in", first);
        }
        if (seen.stream().allMatch(first::equals)) {
            return text(seen.size() + " looks found it stuck in", first);
        }
        List<StackTraceElement> common = outermostInCommon(seen);
        return common.isEmpty()
                ? text(seen.size() + " looks found it in different places, first in", first)
                : text(seen.size() + " looks found it busy around", common);
    }

    /** The frames of the first one that are in all of them, from the outermost one on. Their lines may differ: a loop goes on. */
    private static List<StackTraceElement> outermostInCommon(List<List<StackTraceElement>> stacks) {
        List<StackTraceElement> first = stacks.get(0);
        int depth = 0;
        while (areSame(stacks, depth)) {
            depth++;
        }
        return first.subList(first.size() - depth, first.size());
    }

    private static boolean areSame(List<List<StackTraceElement>> stacks, int depth) {
        StackTraceElement one = null;
        for (List<StackTraceElement> stack : stacks) {
            if (depth >= stack.size()) {
                return false;
            }
            StackTraceElement other = stack.get(stack.size() - 1 - depth);
            if (one != null
                    && !(one.getClassName().equals(other.getClassName())
                            && one.getMethodName().equals(other.getMethodName()))) {
                return false;
            }
            one = other;
        }
        return true;
    }

    private static String text(String begin, List<StackTraceElement> frames) {
        List<String> lines = new ArrayList<>();
        frames.stream().limit(SHOWN).forEach(frame -> lines.add("\n    at " + frame));
        int more = frames.size() - SHOWN;
        return begin + String.join("", lines) + (more > 0 ? "\n    ... " + more + " more" : "") + "\n";
    }
}
