/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.output;

import java.util.Arrays;
import java.util.function.Consumer;

/** Makes lines of bytes. A line has its end with it; one that is too long comes in pieces. Not thread-safe. */
final class LineSplitter {
    /** A longer line is passed on in pieces, cut between two characters if it is UTF-8. */
    static final int MAX_LINE = 8 * 1024;

    private static final int LONGEST_CHARACTER = 4;

    private final Consumer<byte[]> lines;
    private final byte[] line = new byte[MAX_LINE];
    private int size;

    LineSplitter(Consumer<byte[]> lines) {
        this.lines = lines;
    }

    void add(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            line[size++] = bytes[i];
            if (bytes[i] == '\n') {
                emit(size);
            } else if (size == MAX_LINE) {
                emit(wholeCharacters());
            }
        }
    }

    /** What has come of a line that has not ended is one. */
    void flush() {
        if (size > 0) {
            emit(size);
        }
    }

    /** Drops what has come of a line that has not ended. */
    void clear() {
        size = 0;
    }

    private void emit(int length) {
        byte[] emitted = Arrays.copyOf(line, length);
        System.arraycopy(line, length, line, 0, size - length);
        size -= length; // first: the next line must be right whatever becomes of this one
        lines.accept(emitted);
    }

    /** How much of it does not end in the middle of a character. */
    private int wholeCharacters() {
        for (int back = 1; back < LONGEST_CHARACTER; back++) {
            int b = line[size - back] & 0xFF;
            if (b >= 0xC0) { // the first byte of a character tells how many it has
                int length = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
                return length > back ? size - back : size;
            }
            if (b < 0x80) {
                return size;
            }
        }
        return size;
    }
}
