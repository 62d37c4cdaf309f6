/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.internal.wire.WorkerArguments;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * The worker's end of the channel. The token comes over the pipe that only the parent can write to; then either that
 * pipe goes on as the channel, or the worker connects to the parent's loopback port and proves itself with the token.
 */
abstract class WorkerChannel {
    /** Where the token is read. */
    abstract InputStream tokenSource();

    /** Makes {@link #in} and {@link #out} ready; called once, after the token was read. */
    abstract void connect() throws IOException;

    abstract InputStream in() throws IOException;

    abstract OutputStream out() throws IOException;

    static WorkerChannel open(WorkerArguments arguments) throws IOException {
        if (arguments.channel().equals(WorkerArguments.PIPES)) {
            return new Pipes();
        }
        return new Loopback(Integer.parseInt(arguments.channel()));
    }

    /**
     * Two pipes on file descriptors of their own. Plain file streams: unlike socket and file channels they are not
     * closed by an interrupt of the thread that uses them, and they load no further classes.
     */
    private static final class Pipes extends WorkerChannel {
        private final InputStream in;
        private final OutputStream out;

        Pipes() throws IOException {
            // Both before either is opened.
            File toRead = pipe(WorkerArguments.IN_FD);
            File toWrite = pipe(WorkerArguments.OUT_FD);
            in = new FileInputStream(toRead);
            out = new FileOutputStream(toWrite, true); // appending: to open it otherwise empties a file
        }

        /**
         * A command prefix may have closed the descriptor, or put something else in its place. The JVM has then given the number
         * to a file that it has opened itself, such as the one with the JDK's classes; to open that for writing, by this name,
         * would destroy it.
         */
        private static File pipe(int descriptor) throws IOException {
            File file = new File("/dev/fd/" + descriptor);
            if (!file.exists() || file.isFile() || file.isDirectory()) {
                throw new IOException("file descriptor " + descriptor
                        + " is not the pipe of the parent; a command between the two has closed it");
            }
            return file;
        }

        @Override
        InputStream tokenSource() {
            return in;
        }

        @Override
        void connect() {}

        @Override
        InputStream in() {
            return in;
        }

        @Override
        OutputStream out() {
            return out;
        }
    }

    /** A connection to the parent's port. Standard input holds the token and then ends. */
    private static final class Loopback extends WorkerChannel {
        private final int port;
        private @Nullable Socket socket;

        Loopback(int port) {
            this.port = port;
        }

        @Override
        InputStream tokenSource() {
            return System.in;
        }

        @Override
        void connect() throws IOException {
            Socket connected = new Socket(InetAddress.getLoopbackAddress(), port);
            connected.setTcpNoDelay(true);
            socket = connected;
        }

        private Socket socket() throws IOException {
            if (socket == null) {
                throw new IOException("not connected yet");
            }
            return socket;
        }

        @Override
        InputStream in() throws IOException {
            return socket().getInputStream();
        }

        @Override
        OutputStream out() throws IOException {
            return socket().getOutputStream();
        }
    }
}
