/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.OutputRouting;
import io.loky.internal.parent.thread.ServiceThread;
import io.loky.internal.wire.LastWords;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.Charset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries what a worker prints, so that it never blocks on a full pipe, and remembers the last of it for the report of its
 * death. Lines go to where the pool's options say, except what belongs to a report: what the JVM says before the worker is
 * ready, the banner of a fatal error, and a worker's last words.
 */
final class OutputDrain {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    private static final int MAX_LINES = 60;

    /** A longer line is passed on in pieces. */
    private static final int MAX_LINE_BYTES = 8 * 1024;

    private static final String BANNER = "# A fatal error has been detected by the Java Runtime Environment";
    private static final Charset CHARSET = Charset.forName(System.getProperty("native.encoding", "UTF-8"));

    private final InputStream in;
    private final OutputRouting routing;
    private final Thread thread;
    private volatile boolean forward;

    // Only the drain's thread uses these two.
    private boolean banner;
    private byte @Nullable [] held;

    /** Guarded by itself. */
    private final ArrayDeque<String> last = new ArrayDeque<>();

    private OutputDrain(InputStream in, OutputRouting routing, String threadName) {
        this.in = in;
        this.routing = routing;
        this.thread = ServiceThread.of(threadName, this::drain);
    }

    static OutputDrain start(InputStream in, OutputRouting routing, String threadName) {
        OutputDrain drain = new OutputDrain(in, routing, threadName);
        drain.thread.start();
        return drain;
    }

    /** The worker is ready: what comes from now on is the user's. */
    void forward() {
        forward = true;
    }

    /** After the worker's end: waits a moment for the end of its output, and says whether it came. */
    boolean awaitEnd(long millis) {
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /** The last lines up to now. */
    List<String> lastLines() {
        synchronized (last) {
            return new ArrayList<>(last);
        }
    }

    private void drain() {
        byte[] chunk = new byte[MAX_LINE_BYTES];
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                split(chunk, n, line);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> thread.getName() + ": reading ended: " + e);
        }
        take(line.toByteArray());
        release();
    }

    /** Takes every line that ends in the chunk, or has become too long; what is left stays in {@code line}. */
    private void split(byte[] chunk, int length, ByteArrayOutputStream line) {
        int start = 0;
        for (int i = 0; i < length; i++) {
            if (chunk[i] == '\n' || line.size() + i + 1 - start == MAX_LINE_BYTES) {
                line.write(chunk, start, i + 1 - start);
                take(line.toByteArray());
                line.reset();
                start = i + 1;
            }
        }
        line.write(chunk, start, length - start);
    }

    private void take(byte[] line) {
        if (line.length == 0) {
            return;
        }
        String text = new String(line, CHARSET).stripTrailing();
        remember(text);
        if (!forward || banner) {
            return;
        }
        if (LastWords.areIn(text) || (held != null && text.startsWith(BANNER))) {
            banner = true;
            held = null;
            return;
        }
        release();
        if (text.equals("#")) {
            held = line; // the line before the banner is a lone hash: whose it is shows with the next one
        } else {
            pass(line);
        }
    }

    private void release() {
        if (held != null) {
            pass(held);
            held = null;
        }
    }

    private void remember(String text) {
        synchronized (last) {
            if (last.size() == MAX_LINES) {
                last.removeFirst();
            }
            last.addLast(text);
        }
    }

    private void pass(byte[] line) {
        if (!routing.equals(OutputRouting.inherit())) {
            return;
        }
        try {
            System.err.write(line, 0, line.length);
            System.err.flush();
        } catch (Throwable e) { // the user's own stream; if this thread ended, the worker would block on a full pipe
            LOG.log(Level.DEBUG, () -> thread.getName() + ": System.err does not take the output: " + e);
        }
    }
}
