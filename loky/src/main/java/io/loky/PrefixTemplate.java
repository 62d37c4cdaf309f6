/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text with {@code ${...}} in it that stand for what is known of a line. */
final class PrefixTemplate {
    /** What there is to say about the task of a line that has none. */
    private static final String NO_TASK = "-";

    private static final List<String> NAMES =
            List.of("worker.number", "worker.index", "worker.pid", "task.id", "task.name");

    private static final Pattern PLACEHOLDER = Pattern.compile("(\\$?)\\$\\{([^}]*)}");

    private PrefixTemplate() {}

    /**
     * @throws IllegalArgumentException if it has a placeholder that stands for nothing, or more than one line
     */
    static String checked(String template) {
        Objects.requireNonNull(template, "prefix");
        Matcher placeholder = PLACEHOLDER.matcher(template);
        while (placeholder.find()) {
            if (placeholder.group(1).isEmpty() && !NAMES.contains(placeholder.group(2))) {
                throw new IllegalArgumentException("prefix must use no other placeholders than ${"
                        + String.join("}, ${", NAMES) + "}, got " + placeholder.group());
            }
        }
        if (template.indexOf('\n') >= 0 || template.indexOf('\r') >= 0) {
            throw new IllegalArgumentException(
                    "prefix must be in one line, got " + template.lines().toList());
        }
        return template;
    }

    static String fill(String template, OutputLine line) {
        return PLACEHOLDER
                .matcher(template)
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group(1).isEmpty()
                                ? value(found.group(2), line)
                                : found.group().substring(1)));
    }

    private static String value(String name, OutputLine line) {
        return switch (name) {
            case "worker.number" -> Integer.toString(line.workerNumber());
            case "worker.index" -> Integer.toString(line.workerIndex());
            case "worker.pid" -> Long.toString(line.workerPid());
            case "task.id" ->
                line.taskId().isPresent() ? Long.toString(line.taskId().getAsLong()) : NO_TASK;
            default -> line.taskName().orElse(NO_TASK);
        };
    }
}
