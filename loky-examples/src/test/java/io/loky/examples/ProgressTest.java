/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final long MILLI = 1_000_000;

    private final StringWriter text = new StringWriter();

    @Test
    void onJarDone_notOnATerminal_printsALineForEachTenth() {
        Progress progress = progress(false, 845);
        for (int done = 1; done <= 845; done++) {
            progress.onJarDone(done * 100 * MILLI);
        }

        assertThat(text.toString().lines())
                .hasSize(10)
                .startsWith("census: 85/845 jars, 10 jars/s", "census: 169/845 jars, 10 jars/s")
                .endsWith("census: 845/845 jars, 10 jars/s");
    }

    @Test
    void onJarDone_fewerJarsThanTenths_printsALineForEachJar() {
        Progress progress = progress(false, 3);
        for (int done = 1; done <= 3; done++) {
            progress.onJarDone(done * 1000 * MILLI);
        }

        assertThat(text.toString().lines())
                .containsExactly(
                        "census: 1/3 jars, 1 jars/s", "census: 2/3 jars, 1 jars/s", "census: 3/3 jars, 1 jars/s");
    }

    @Test
    void onJarDone_onATerminal_writesOverItsLineTwiceASecondAndAtTheEnd() {
        Progress progress = progress(true, 10);
        for (int done = 1; done <= 10; done++) {
            progress.onJarDone(done * 200 * MILLI);
        }

        String blank = "\r" + " ".repeat("census: 3/10 jars, 5 jars/s".length()) + "\r";
        assertThat(text)
                .hasToString("census: 3/10 jars, 5 jars/s" + blank + "census: 6/10 jars, 5 jars/s" + blank
                        + "census: 9/10 jars, 5 jars/s" + blank + "census: 10/10 jars, 5 jars/s"
                        + System.lineSeparator());
    }

    @Test
    void clear_nothingShown_printsNothing() {
        progress(true, 10).clear();

        assertThat(text.toString()).isEmpty();
    }

    private Progress progress(boolean terminal, int total) {
        return new Progress(new PrintWriter(text), terminal, total, 0);
    }
}
