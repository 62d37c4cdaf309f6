/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.examples.JarResult.BadClass;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CensusReportTest {

    private static final MethodSize METHOD = new MethodSize("a.B", "run", "(I)V", 1234);

    private final StringWriter text = new StringWriter();
    private final CensusReport report = new CensusReport(new PrintWriter(text));

    @Test
    void jar_counted_tellsAll() throws IOException {
        report.jar(new JarResult.Counted(
                "x/a.jar",
                3,
                40,
                new TreeMap<>(Map.of(45, 1L, 48, 1L, 49, 12L, 61, 1L)),
                List.of(METHOD),
                List.of(new BadClass("a/C.class", "only 0 bytes long"))));

        assertThat(text.toString().lines())
                .containsExactly(
                        "x/a.jar",
                        "  classes: 3, methods: 40",
                        "  class file versions:",
                        "         1  45 (Java 1.1)",
                        "         1  48 (Java 1.4)",
                        "        12  49 (Java 5)",
                        "         1  61 (Java 17)",
                        "  largest methods, in bytes of bytecode:",
                        "      1234  a.B.run(I)V",
                        "  bad class file: a/C.class: only 0 bytes long");
    }

    @Test
    void jar_damagedOrLost_saysWhy() throws IOException {
        report.jar(new JarResult.Damaged("a.jar", "zip file is empty"));
        report.jar(new JarResult.Lost("b.jar", "killed"));

        assertThat(text.toString().lines())
                .containsExactly("a.jar", "  damaged: zip file is empty", "b.jar", "  lost: killed");
    }

    @Test
    void jar_namesWithControlCharacters_stayInTheirLine() throws IOException {
        report.jar(new JarResult.Damaged("a\nb\u001b[31m.jar", "why\r"));

        assertThat(text.toString().lines()).containsExactly("a\\u000ab\\u001b[31m.jar", "  damaged: why\\u000d");
    }

    @Test
    void summary_totals_tellsAll() throws IOException {
        report.summary(new Totals(
                9, 2, 1, 5, 1, 100, 1000, new TreeMap<>(Map.of(52, 100L)), List.of(new Totals.Found(METHOD, "a.jar"))));

        assertThat(text.toString().lines())
                .containsExactly(
                        "",
                        "Summary",
                        "  jars: 9",
                        "  damaged jars: 3 (2 skipped whole, 1 with bad class files, 5 in all)",
                        "  lost jars: 1",
                        "  classes: 100",
                        "  methods: 1000 (with constructors and static initialisers)",
                        "  class file versions:",
                        "       100  52 (Java 8)",
                        "  largest methods, in bytes of bytecode:",
                        "      1234  a.B.run(I)V in a.jar");
    }

    @Test
    void jar_nobodyReads_fails() {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("broken pipe");
            }
        };
        CensusReport unread = new CensusReport(new PrintWriter(broken, false, StandardCharsets.UTF_8));

        assertThatThrownBy(() -> unread.jar(new JarResult.Damaged("a.jar", "why")))
                .isInstanceOf(IOException.class);
    }
}
