/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.wire.FrameReader;
import io.loky.internal.wire.Hello;
import io.loky.internal.wire.OutputMark;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection over the loopback interface, for systems without a POSIX shell. Any process of the machine can connect to
 * the port; only the worker knows the token, which it got over its standard input, and a connection that does not begin
 * with it is closed.
 */
final class LoopbackChannel extends ParentChannel {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    /** How often a start that waits for its worker's connection looks whether the process is still alive. */
    private static final int LOOK_MILLIS = 200;

    /** A worker greets as soon as it has connected; whoever is silent must not keep it waiting. */
    private static final int GREETING_MILLIS = 2_000;

    private final ServerSocket server;
    private @Nullable Socket socket;

    LoopbackChannel(OutputMark mark) throws IOException {
        super(mark);
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @Override
    String address() {
        return Integer.toString(server.getLocalPort());
    }

    @Override
    List<String> wrap(List<String> java) {
        return java;
    }

    @Override
    InputStream output(Process process) {
        return process.getInputStream();
    }

    @Override
    boolean mergesOutput() {
        return true;
    }

    @Override
    Hello connect(Process process) throws IOException {
        introduce(process.getOutputStream());
        Closing.quietly(process.getOutputStream());
        server.setSoTimeout(LOOK_MILLIS);
        while (process.isAlive()) {
            Hello hello = accept();
            if (hello != null) {
                server.close();
                return hello;
            }
        }
        throw new EOFException("the worker ended before it connected");
    }

    /** One attempt; null if nobody connected, or somebody did who is not the worker. */
    private @Nullable Hello accept() throws IOException {
        Socket candidate;
        try {
            candidate = server.accept();
        } catch (SocketTimeoutException e) {
            return null;
        }
        try {
            candidate.setTcpNoDelay(true);
            candidate.setSoTimeout(GREETING_MILLIS);
            FrameReader frames = new FrameReader(candidate.getInputStream());
            Hello hello = greeting(frames);
            candidate.setSoTimeout(0);
            socket = candidate;
            opened(frames, candidate.getOutputStream());
            return hello;
        } catch (IOException e) {
            LOG.log(Level.WARNING, "a connection to a worker's port was refused: " + e.getMessage());
            Closing.quietly(candidate);
            return null;
        }
    }

    @Override
    void close() {
        Closing.quietly(server);
        Closing.quietly(socket);
    }
}
