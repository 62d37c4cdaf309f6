/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.output;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;

class LineTextTest {

    @Test
    void of_line_isWithoutItsEndAndNothingElse() {
        assertThat(LineText.of("text \t\r\n".getBytes(UTF_8))).isEqualTo("text \t");
        assertThat(LineText.of("text\r".getBytes(UTF_8))).isEqualTo("text\r");
        assertThat(LineText.of("\n".getBytes(UTF_8))).isEmpty();
        assertThat(LineText.of(new byte[0])).isEmpty();
    }

    @Test
    void decode_anyEncoding_isUtf8WhereItIsAndTheOtherElsewhere() {
        assertThat(decode("grün", UTF_8, ISO_8859_1)).isEqualTo("grün");
        assertThat(decode("grün", ISO_8859_1, ISO_8859_1)).isEqualTo("grün");
        assertThat(decode("with a \uFFFD in it, grün", UTF_8, ISO_8859_1)).isEqualTo("with a \uFFFD in it, grün");
        assertThat(decode("grün", ISO_8859_1, UTF_8)).isEqualTo("gr\uFFFDn");
    }

    @Test
    void ofAll_linesInDifferentEncodings_areDecodedOneByOne() {
        assertThat(LineText.ofAll("a\nb\n\nc".getBytes(UTF_8))).isEqualTo("a\nb\n\nc");
        assertThat(LineText.ofAll(new byte[0])).isEmpty();
    }

    private static String decode(String text, Charset written, Charset otherwise) {
        byte[] bytes = text.getBytes(written);
        return LineText.decode(bytes, 0, bytes.length, otherwise);
    }
}
