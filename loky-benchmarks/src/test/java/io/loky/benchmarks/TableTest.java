/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void render_cellsOfDifferentWidth_alignsFirstLeftAndOthersRight() {
        String text = new Table("", "median", "max")
                .row("ours", "1.5", "12345")
                .row("a longer name", "10.5", "2")
                .render();
        assertThat(text.lines())
                .containsExactly(
                        "                  median    max",
                        "   ours              1.5  12345",
                        "   a longer name    10.5      2");
    }

    @Test
    void across_longText_widensNoColumn() {
        String text = new Table("x", "y")
                .across("a line that is longer than the columns")
                .row("1", "2")
                .render();
        assertThat(text.lines()).containsExactly("   x  y", "a line that is longer than the columns", "   1  2");
    }

    @Test
    void render_emptyLastCell_leavesNoTrailingSpace() {
        assertThat(new Table("x", "long header").row("1", "").render().lines().toList())
                .last()
                .isEqualTo("   1");
    }

    @Test
    void row_wrongNumberOfCells_refused() {
        Table table = new Table("x", "y");
        assertThatThrownBy(() -> table.row("1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1 cells in a table of 2 columns");
    }
}
