/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.SecureRandom;

/**
 * A secret made for one worker. The parent sends it over the worker's own pipe, never on the command line or in the
 * environment, where other users could read it; whoever answers with it is that worker.
 */
public final class Token {
    private static final int LENGTH = 32;

    private final byte[] bytes;

    private Token(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Token random() {
        byte[] bytes = new byte[LENGTH];
        Source.RANDOM.nextBytes(bytes);
        return new Token(bytes);
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
    }

    /**
     * @throws EOFException if the stream ends before a whole token was read
     */
    public static Token readFrom(InputStream in) throws IOException {
        byte[] bytes = new byte[LENGTH];
        for (int got = 0; got < LENGTH; ) { // not readNBytes: a file stream's own seeks, which a pipe refuses
            int n = in.read(bytes, got, LENGTH - got);
            if (n < 0) {
                throw new EOFException("stream ended inside the token, after " + got + " of " + LENGTH + " bytes");
            }
            got += n;
        }
        return new Token(bytes);
    }

    /** Compares in a time that does not depend on the contents, so that a wrong token teaches nothing about the right one. */
    public boolean matches(Token other) {
        return MessageDigest.isEqual(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return "Token[secret]";
    }

    /** Loaded by the parent only: a secure random generator costs a worker milliseconds of start-up. */
    private static final class Source {
        static final SecureRandom RANDOM = new SecureRandom();
    }
}
