/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The other JVM of the raw limit. {@code echo N} answers every frame of N bytes with itself; {@code spin} answers one byte and
 * then keeps a core busy. Both end with the channel, that is with the parent, however it ended. Depends on no other class
 * of this module.
 */
final class RawChild {

    /** Where {@link RawProcess} has put the channel, out of the way of what a JVM prints. */
    private static final String IN = "/dev/fd/3";

    private static final String OUT = "/dev/fd/4";

    /**
     * As much as one read brings of small frames, and as one write takes of a large one: for longer ones the JDK's streams allocate native
     * memory of that length each time, which makes a large array many times slower.
     */
    static final int SLICE = 8192;

    private RawChild() {}

    public static void main(String[] args) throws IOException {
        // Not closed: they end with the process
        InputStream in = new FileInputStream(IN);
        OutputStream out = new FileOutputStream(OUT);
        switch (args[0]) {
            case "echo" -> echo(in, out, Integer.parseInt(args[1]));
            case "spin" -> spin(in, out);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void echo(InputStream in, OutputStream out, int frameBytes) throws IOException {
        byte[] buffer = new byte[Math.max(SLICE, frameBytes)];
        int filled = 0;
        for (int count = in.read(buffer, 0, SLICE);
                count >= 0;
                count = in.read(buffer, filled, Math.min(SLICE, buffer.length - filled))) {
            filled += count;
            int done = 0;
            for (; filled - done >= frameBytes; done += frameBytes) {
                write(buffer, done, frameBytes, out); // one write a frame, as if each were a result that is ready now
            }
            if (done > 0) { // else all of a large frame would be moved onto itself with each slice
                System.arraycopy(buffer, done, buffer, 0, filled - done);
                filled -= done;
            }
        }
    }

    static void write(byte[] bytes, int from, int length, OutputStream out) throws IOException {
        for (int at = 0; at < length; at += SLICE) {
            out.write(bytes, from + at, Math.min(SLICE, length - at));
        }
    }

    private static void spin(InputStream in, OutputStream out) throws IOException {
        Thread guard = new Thread(() -> haltAtEndOf(in), "raw-child-guard");
        guard.setDaemon(true);
        guard.start();
        out.write(1);
        while (guard.isAlive()) {
            Thread.onSpinWait();
        }
    }

    @SuppressWarnings("PMD.DoNotTerminateVM")
    private static void haltAtEndOf(InputStream in) {
        try {
            while (in.read() >= 0) {
                Thread.onSpinWait();
            }
        } catch (IOException e) {
            // Read on means live on: an unreadable channel has ended, too
        }
        Runtime.getRuntime().halt(0);
    }
}
