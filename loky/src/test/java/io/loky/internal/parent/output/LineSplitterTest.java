/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
    private final List<byte[]> lines = new ArrayList<>();
    private final LineSplitter splitter = new LineSplitter(lines::add);

    @Test
    void add_linesInPieces_givesThemWhole() {
        add("one\ntw");
        add("o\r\n\nthr");
        assertThat(texts()).containsExactly("one\n", "two\r\n", "\n");

        splitter.flush();
        splitter.flush();
        assertThat(texts()).containsExactly("one\n", "two\r\n", "\n", "thr");
    }

    @Test
    void add_longLineOfAnyCharacters_isCutBetweenTwoOfThem() {
        for (String character : List.of("ä", "€", "😀")) {
            for (int shift = 0; shift < 4; shift++) {
                lines.clear();
                String line = "x".repeat(shift) + character.repeat(6_000);
                add(line);
                splitter.flush();

                assertThat(String.join("", texts())).isEqualTo(line);
                assertThat(lines).allMatch(piece -> piece.length <= LineSplitter.MAX_LINE);
                assertThat(lines.get(0)).hasSizeGreaterThan(LineSplitter.MAX_LINE - 4);
            }
        }
    }

    @Test
    void add_longLineOfBinaryData_losesNothing() {
        byte[] data = new byte[100_000];
        new Random(1).nextBytes(data);
        splitter.add(data, 0, data.length);
        splitter.flush();

        ByteArrayOutputStream all = new ByteArrayOutputStream();
        lines.forEach(all::writeBytes);
        assertThat(all.toByteArray()).isEqualTo(data);
    }

    private void add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        splitter.add(bytes, 0, bytes.length);
    }

    private List<String> texts() {
        return lines.stream()
                .map(line -> new String(line, StandardCharsets.UTF_8))
                .toList();
    }
}
