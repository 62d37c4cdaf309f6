/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.io.Console;
import java.io.PrintWriter;

/**
 * Says how far a run is: on a terminal in one line that is written over, elsewhere in a line for each tenth of the work.
 *
 * <p>For one thread. Times are from {@link System#nanoTime()}.
 */
final class Progress {

    private static final long TERMINAL_INTERVAL_NANOS = 500_000_000L;
    private static final int STEPS = 10;

    private final PrintWriter err;
    private final boolean terminal;
    private final int total;
    private final long start;
    private int done;
    private int lastStep;
    private long lastShown;
    private int shownLength;

    Progress(PrintWriter err, boolean terminal, int total, long now) {
        this.err = err;
        this.terminal = terminal;
        this.total = total;
        this.start = now;
        this.lastShown = now;
    }

    /** Whether a person watches. */
    @SuppressWarnings("SystemConsoleNull") // from Java 22 on there can be a console without a terminal; see below
    static boolean onTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true; // before Java 22 a console always was a terminal
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    void onJarDone(long now) {
        done++;
        int step = (int) ((long) done * STEPS / total);
        if (terminal ? done == total || now - lastShown >= TERMINAL_INTERVAL_NANOS : step > lastStep) {
            show(now);
        }
        lastStep = step;
    }

    private void show(long now) {
        String text = "census: " + done + "/" + total + " jars, " + perSecond(done, now - start) + " jars/s";
        clear();
        if (terminal) {
            err.print(text);
            shownLength = text.length();
        }
        if (!terminal || done == total) {
            err.println(terminal ? "" : text);
            shownLength = 0;
        }
        err.flush();
        lastShown = now;
    }

    /** Makes room for other output on the same terminal. */
    void clear() {
        if (shownLength > 0) {
            err.print("\r" + " ".repeat(shownLength) + "\r");
            err.flush();
            shownLength = 0;
        }
    }

    static long perSecond(long count, long nanos) {
        return Math.round(count * 1e9 / Math.max(1, nanos));
    }
}
