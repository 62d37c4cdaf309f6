/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/**
 * Writes the report: a paragraph for each jar, and the summary. Nothing in it depends on time or on the workers, so that
 * two reports on the same jars are the same text.
 */
final class CensusReport {

    private final PrintWriter out;

    CensusReport(PrintWriter out) {
        this.out = out;
    }

    /** @throws IOException if the report can no longer be written, for example because its reader is gone */
    void jar(JarResult result) throws IOException {
        StringBuilder text = new StringBuilder();
        line(text, result.path());
        if (result instanceof JarResult.Counted counted) {
            counted(text, counted);
        } else if (result instanceof JarResult.Damaged damaged) {
            line(text, "  damaged: " + damaged.reason());
        } else if (result instanceof JarResult.Lost lost) {
            line(text, "  lost: " + lost.reason());
        }
        print(text);
    }

    private static void counted(StringBuilder text, JarResult.Counted jar) {
        line(text, "  classes: " + jar.classes() + ", methods: " + jar.methods());
        versions(text, jar.versions());
        if (!jar.largest().isEmpty()) {
            line(text, "  largest methods, in bytes of bytecode:");
            jar.largest().forEach(method -> line(text, sized(method)));
        }
        jar.bad().forEach(bad -> line(text, "  bad class file: " + bad.entry() + ": " + bad.reason()));
    }

    void summary(Totals totals) throws IOException {
        StringBuilder text = new StringBuilder();
        line(text, "");
        line(text, "Summary");
        line(text, "  jars: " + totals.jars());
        line(text, "  damaged jars: " + (totals.skipped() + totals.partly()) + damages(totals));
        line(text, "  lost jars: " + totals.lost());
        line(text, "  classes: " + totals.classes());
        line(text, "  methods: " + totals.methods() + " (with constructors and static initialisers)");
        versions(text, totals.versions());
        if (!totals.largest().isEmpty()) {
            line(text, "  largest methods, in bytes of bytecode:");
            totals.largest().forEach(found -> line(text, sized(found.method()) + " in " + found.jar()));
        }
        print(text);
    }

    private static String damages(Totals totals) {
        return " (" + totals.skipped() + " skipped whole, " + totals.partly() + " with bad class files, "
                + totals.badClasses() + " in all)";
    }

    private static void versions(StringBuilder text, SortedMap<Integer, Long> versions) {
        if (versions.isEmpty()) {
            return;
        }
        line(text, "  class file versions:");
        for (Map.Entry<Integer, Long> version : versions.entrySet()) {
            line(
                    text,
                    String.format(
                            Locale.ROOT,
                            "%10d  %d (%s)",
                            version.getValue(),
                            version.getKey(),
                            java(version.getKey())));
        }
    }

    /** The Java release that a class file version came with. */
    private static String java(int majorVersion) {
        if (majorVersion < 45) {
            return "no Java release";
        }
        return majorVersion < 49 ? "Java 1." + (majorVersion - 44) : "Java " + (majorVersion - 44);
    }

    private static String sized(MethodSize method) {
        return String.format(Locale.ROOT, "%10d  %s", method.bytes(), method.fullName());
    }

    /** Adds a line; whatever names are made of, it stays one line and cannot steer a terminal. */
    private static void line(StringBuilder text, String content) {
        content.chars().forEach(c -> {
            if (Character.isISOControl(c)) {
                text.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                text.append((char) c);
            }
        });
        text.append(System.lineSeparator());
    }

    private void print(StringBuilder text) throws IOException {
        out.print(text);
        if (out.checkError()) {
            throw new IOException("the report cannot be written to standard output any further");
        }
    }
}
