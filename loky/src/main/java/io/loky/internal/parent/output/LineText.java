/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.output;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * The text of what was printed. Nobody says in which encoding that is: a worker may have another locale or JDK than the
 * parent, and its native code and its subprocesses have their own. So a line that is UTF-8 is taken for it, since text in
 * another encoding hardly ever is by accident, and another line for what this machine's locale says.
 */
final class LineText {
    private static final Charset NATIVE = Charset.forName(System.getProperty("native.encoding", "UTF-8"));
    private static final char REPLACEMENT = '\uFFFD';

    private LineText() {}

    /** The text of a line, without its end. */
    static String of(byte[] line) {
        int length = line.length;
        if (length > 0 && line[length - 1] == '\n') {
            length--;
            if (length > 0 && line[length - 1] == '\r') {
                length--;
            }
        }
        return decode(line, 0, length, NATIVE);
    }

    /** The text of several lines. */
    static String ofAll(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                text.append(decode(bytes, start, i + 1, NATIVE));
                start = i + 1;
            }
        }
        return text.append(decode(bytes, start, bytes.length, NATIVE)).toString();
    }

    static String decode(byte[] bytes, int from, int to, Charset otherwise) {
        String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) < 0 || otherwise.equals(StandardCharsets.UTF_8)) {
            return text;
        }
        try { // there may be one in the text
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            return new String(bytes, from, to - from, otherwise);
        }
    }

    /** Bytes for standard error. */
    static byte[] encode(String text) {
        return text.getBytes(NATIVE);
    }
}
