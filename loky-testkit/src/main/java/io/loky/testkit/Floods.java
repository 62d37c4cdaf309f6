/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** What a task does to the standard streams of its worker. */
final class Floods {
    private static final byte[] LINE =
            ("a flood of the test kit " + "~".repeat(75) + "\n").getBytes(StandardCharsets.US_ASCII);

    private Floods() {}

    /** Past the streams of Java, as native code does it. */
    @SuppressWarnings("resource") // to close them would close the descriptors of the JVM
    static long descriptors(long bytes) throws IOException {
        return flood(bytes, new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
    }

    static long printStreams(long bytes) throws IOException {
        return flood(bytes, System.out, System.err);
    }

    /** Lines of 100 bytes, by turns to the one and the other; the last one may be shorter. */
    private static long flood(long bytes, OutputStream one, OutputStream two) throws IOException {
        OutputStream current = one;
        for (long left = bytes; left > 0; left -= LINE.length) {
            current.write(LINE, 0, (int) Math.min(left, LINE.length));
            current = current == one ? two : one;
        }
        one.flush();
        two.flush();
        return bytes;
    }

    static void closeAll() throws IOException {
        System.in.close();
        System.out.close();
        System.err.close();
    }
}
