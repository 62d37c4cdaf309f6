/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.wire.ChannelBrokenException;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameReader;
import io.loky.internal.wire.Hello;
import io.loky.internal.wire.OutputMark;
import io.loky.internal.wire.Token;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The parent's end of one worker's channel. Which kind there is depends on the system: pipes where there is a POSIX
 * shell, a loopback connection elsewhere. The system property {@code io.loky.channel} ({@code pipes} or {@code loopback})
 * overrides the choice.
 */
abstract class ParentChannel {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    private final Token token = Token.random();
    private @Nullable FrameReader reader;
    private @Nullable OutputStream out;

    private final OutputMark mark;

    ParentChannel(OutputMark mark) {
        this.mark = mark;
    }

    /**
     * @param mark what the worker is told to write between its tasks
     */
    static ParentChannel open(OutputMark mark) throws IOException {
        return kind().equals("pipes") ? new PipeChannel(mark) : new LoopbackChannel(mark);
    }

    /** {@code pipes} or {@code loopback}. */
    static String kind() throws IOException {
        String choice = System.getProperty("io.loky.channel", JavaCommand.hasShell() ? "pipes" : "loopback");
        return switch (choice) {
            case "pipes", "loopback" -> choice;
            default ->
                throw new IOException(
                        "the system property io.loky.channel must be 'pipes' or 'loopback', got '" + choice + "'");
        };
    }

    /**
     * For {@link #connect}: hands over what the worker has to know, on the pipe that nobody else can read. One that has
     * ended already, such as for a flag that its JVM does not know, does not take it: that says nothing of its own, and
     * the wait for its greeting, which comes next, finds the end.
     */
    final void introduce(OutputStream to) {
        try {
            token.writeTo(to);
            mark.writeTo(to);
            to.flush();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> "a worker took nothing of what it was told first: " + e);
        }
    }

    /** What the worker's main class is told about the channel. */
    abstract String address();

    /** The command that starts the worker so that it has its end. */
    abstract List<String> wrap(List<String> java);

    /** Where what the worker prints arrives, both streams together. */
    abstract InputStream output(Process process);

    /** Whether the JDK is to send the worker's standard error to its standard output. */
    abstract boolean mergesOutput();

    /**
     * Hands the token over, waits for the worker's greeting, and makes {@link #reader} and {@link #out} ready.
     *
     * @throws EOFException if the worker ended before
     * @throws ChannelBrokenException if something else answered
     */
    abstract Hello connect(Process process) throws IOException;

    /**
     * Reads the greeting of whoever is at the other end, and believes it only if it has the token.
     *
     * @throws EOFException if it ended
     * @throws ChannelBrokenException if it is not the worker that was started
     */
    final Hello greeting(FrameReader from) throws IOException {
        Frame frame = from.read();
        if (frame == null) {
            throw new EOFException("the worker ended before it greeted");
        }
        Hello hello = Hello.decode(frame);
        if (!hello.token().matches(token)) {
            throw new ChannelBrokenException("something that is not this worker answered on its channel");
        }
        return hello;
    }

    /** For {@link #connect}: the streams, once they are there. */
    final void opened(FrameReader from, OutputStream to) {
        reader = from;
        out = to;
    }

    /** Reads the worker's frames. Only the worker's own thread uses it, after {@link #connect}. */
    final FrameReader reader() {
        return Objects.requireNonNull(reader, "not connected");
    }

    /** Takes frames for the worker, after {@link #connect}. */
    final OutputStream out() {
        return Objects.requireNonNull(out, "not connected");
    }

    /** Ends the channel; harmless if it has ended. */
    abstract void close();
}
