/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table of text: aligned columns, the first one to the left and the others to the right, and lines across all of them. */
final class Table {

    private static final String INDENT = "   ";
    private static final String GAP = "  ";

    /** A row, or, with a single cell, a line across. */
    private record Line(List<String> cells, boolean across) {}

    private final int columns;
    private final List<Line> lines = new ArrayList<>();

    Table(String... header) {
        columns = header.length;
        row(header);
    }

    Table row(String... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(cells.length + " cells in a table of " + columns + " columns");
        }
        lines.add(new Line(List.of(cells), false));
        return this;
    }

    /** A line that takes no part in the columns. */
    Table across(String text) {
        lines.add(new Line(List.of(text), true));
        return this;
    }

    String render() {
        int[] widths = widths();
        StringBuilder text = new StringBuilder();
        for (Line line : lines) {
            text.append(line.across() ? line.cells().get(0) : align(line.cells(), widths))
                    .append('\n');
        }
        return text.toString();
    }

    private int[] widths() {
        int[] widths = new int[columns];
        for (Line line : lines) {
            for (int i = 0; !line.across() && i < columns; i++) {
                widths[i] = Math.max(widths[i], line.cells().get(i).length());
            }
        }
        return widths;
    }

    private static String align(List<String> cells, int[] widths) {
        StringBuilder text = new StringBuilder(INDENT).append(pad(cells.get(0), widths[0], false));
        for (int i = 1; i < widths.length; i++) {
            text.append(GAP).append(pad(cells.get(i), widths[i], true));
        }
        return text.toString().stripTrailing();
    }

    private static String pad(String cell, int width, boolean toTheRight) {
        char[] spaces = new char[width - cell.length()];
        Arrays.fill(spaces, ' ');
        String blank = new String(spaces);
        return toTheRight ? blank + cell : cell + blank;
    }
}
