/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.wire.ChannelBrokenException;
import io.loky.internal.wire.FrameReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection over the loopback interface, for systems without a POSIX shell. Any process of the machine can connect to
 * the port; only the worker knows the token, which it got over its standard input, and a connection that does not begin
 * with it is the end of this worker's start.
 */
final class LoopbackChannel extends ParentChannel {
    /** How often a start that waits for its worker's connection looks whether the process is still alive. */
    private static final int LOOK_MILLIS = 200;

    private final ServerSocket server;
    private @Nullable Socket socket;
    private @Nullable FrameReader reader;
    private @Nullable OutputStream out;

    LoopbackChannel() throws IOException {
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
    void connect(Process process) throws IOException {
        try (OutputStream input = process.getOutputStream()) {
            token().writeTo(input);
        }
        Socket connected = accept(process);
        socket = connected;
        connected.setTcpNoDelay(true);
        reader = new FrameReader(connected.getInputStream());
        out = connected.getOutputStream();
        server.close();
    }

    private Socket accept(Process process) throws IOException {
        server.setSoTimeout(LOOK_MILLIS);
        for (; ; ) {
            try {
                return server.accept();
            } catch (SocketTimeoutException e) {
                if (!process.isAlive()) {
                    throw new ChannelBrokenException("the worker ended before it connected");
                }
            }
        }
    }

    @Override
    FrameReader reader() {
        if (reader == null) {
            throw new IllegalStateException("not connected");
        }
        return reader;
    }

    @Override
    OutputStream out() {
        if (out == null) {
            throw new IllegalStateException("not connected");
        }
        return out;
    }

    @Override
    void close() {
        Closing.quietly(server);
        Closing.quietly(socket);
    }
}
