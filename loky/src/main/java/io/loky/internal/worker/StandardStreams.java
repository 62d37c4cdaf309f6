/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * Replaces {@code System.out} and {@code System.err}. The JDK's own keep a single byte, {@code System.out.write('x')}, in a
 * buffer until a line ends, and a JVM that crashes takes it along. Whatever returns from these is in the pipe, which
 * outlives the worker; the other methods flush in the JDK's, too, so they make no more system calls here.
 */
final class StandardStreams {
    private StandardStreams() {}

    static void install() {
        System.setOut(unbuffered(FileDescriptor.out, "stdout.encoding"));
        System.setErr(unbuffered(FileDescriptor.err, "stderr.encoding"));
    }

    private static PrintStream unbuffered(FileDescriptor descriptor, String encoding) {
        return new PrintStream(new FileOutputStream(descriptor), true, charset(encoding));
    }

    /** The one that the JDK's own stream has: these properties have had that name since Java 19. */
    private static Charset charset(String property) {
        String name = System.getProperty(property, System.getProperty("sun." + property));
        try {
            return name == null ? Charset.defaultCharset() : Charset.forName(name);
        } catch (IllegalArgumentException e) { // a user's flag; the JDK does not mind either
            return Charset.defaultCharset();
        }
    }
}
