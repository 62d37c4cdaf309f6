/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * What a worker writes between the output of its tasks, in the same pipe, so that the parent knows which is whose however it
 * was printed. Each mark begins with bytes that were drawn for this one worker, so no text of a user's is taken for one:
 *
 * <pre>
 *    0      1                  16     17          25
 *   +------+------------------+------+-----------+
 *   | 0xFF | 15 random bytes  | kind | task id   |
 *   +------+------------------+------+-----------+
 * </pre>
 *
 * The first byte occurs in no UTF-8 text, and is not among the random ones: so what looks like a mark and is none can be
 * told without going back. A mark is one write of less than {@code PIPE_BUF} bytes, which nothing of others gets into.
 */
public final class OutputMark {
    static final int PREFIX = 16;
    static final int LENGTH = PREFIX + 1 + Long.BYTES;
    static final byte FIRST = (byte) 0xFF;
    static final byte BEGIN = 'B';
    static final byte END = 'E';

    private final byte[] prefix;

    OutputMark(byte[] prefix) {
        this.prefix = prefix;
    }

    /** Parent: one for a new worker. */
    public static OutputMark random() {
        byte[] prefix = new byte[PREFIX];
        Source.RANDOM.nextBytes(prefix);
        for (int i = 1; i < PREFIX; i++) {
            if (prefix[i] == FIRST) {
                prefix[i] = 0;
            }
        }
        prefix[0] = FIRST;
        return new OutputMark(prefix);
    }

    /** Parent: one for a new worker of which nobody wants to know whose output it is. Only its last words begin with it. */
    public static OutputMark silent() {
        OutputMark mark = random();
        mark.prefix[0] = 0;
        return mark;
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(prefix);
    }

    /**
     * @throws EOFException if the stream ends before all of it was read
     */
    public static OutputMark readFrom(InputStream in) throws IOException {
        byte[] prefix = new byte[PREFIX];
        for (int got = 0; got < PREFIX; ) { // not readNBytes: a file stream's own seeks, which a pipe refuses
            int n = in.read(prefix, got, PREFIX - got);
            if (n < 0) {
                throw new EOFException("stream ended inside the output mark");
            }
            got += n;
        }
        return new OutputMark(prefix);
    }

    public boolean isOff() {
        return prefix[0] != FIRST;
    }

    /** What comes from now on is of this task. */
    public byte[] begin(long taskId) {
        return mark(BEGIN, taskId);
    }

    /** What comes from now on is not of this task any more. */
    public byte[] end(long taskId) {
        return mark(END, taskId);
    }

    private byte[] mark(byte kind, long taskId) {
        return ByteBuffer.allocate(LENGTH).put(prefix).put(kind).putLong(taskId).array();
    }

    /** What was drawn, as text that no user prints. */
    String text() {
        return HexFormat.of().formatHex(prefix, 1, PREFIX);
    }

    byte prefix(int at) {
        return prefix[at];
    }

    /** Loaded by the parent only, like that of {@link Token}. */
    private static final class Source {
        static final SecureRandom RANDOM = new SecureRandom();
    }
}
