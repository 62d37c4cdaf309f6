/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Where the text goes that tasks print in a worker, and whether it is kept for their futures. The standard output and the
 * standard error of a worker are one stream, so the order of what is printed is kept. It does not matter how it is printed:
 * by {@code System.out}, by native code, or by a process that a task has started.
 *
 * <pre>{@code
 * ProcessPoolOptions.builder().output(OutputRouting.prefixed().andCapture(64 * 1024))
 * }</pre>
 *
 * <p>What the JVM of a worker prints before it is ready, and the banner of a fatal error that it dies of,
 * are not passed on: they are kept for the exception that reports the failure, see
 * {@link WorkerStartException#output()} and {@link CrashReport#output()}.
 *
 * <p>Immutable and thread-safe; two routings that do the same are equal. Listeners and loggers are compared by their {@code
 * equals}.
 */
public final class OutputRouting {
    private static final int MAX_CAPTURE = 1 << 30;
    private static final OutputRouting INHERIT = new OutputRouting("", null, 0);
    private static final OutputRouting DISCARD = new OutputRouting(null, null, 0);

    /** Null where nothing goes to standard error. */
    private final @Nullable String prefix;

    private final @Nullable OutputListener listener;

    /** 0 where nothing is kept. */
    private final int captureLimit;

    private OutputRouting(@Nullable String prefix, @Nullable OutputListener listener, int captureLimit) {
        this.prefix = prefix;
        this.listener = listener;
        this.captureLimit = captureLimit;
    }

    /**
     * What a worker prints goes to {@link System#err} of the parent, byte by byte as it is, line by line. This is the
     * default.
     *
     * @return the routing
     */
    public static OutputRouting inherit() {
        return INHERIT;
    }

    /**
     * Each line that a worker prints goes to {@link System#err} of the parent, behind a prefix. A line of more than 8 KiB
     * goes there in pieces, each of which is a line with the prefix; the bytes of a line stay as they are.
     *
     * @param prefix a text in one line, in which these stand for what is known of the line: <code>${worker.number}</code>,
     *     <code>${worker.index}</code>, <code>${worker.pid}</code>, <code>${task.id}</code> and <code>${task.name}</code>, see
     *     {@link OutputLine}; the last two are a hyphen where the worker executes no task. With one more dollar sign before it
     *     each of them stands for itself
     * @return the routing
     * @throws NullPointerException if {@code prefix} is {@code null}
     * @throws IllegalArgumentException if {@code prefix} has another <code>${...}</code> in it, or the end of a line
     */
    public static OutputRouting inherit(String prefix) {
        return new OutputRouting(PrefixTemplate.checked(prefix), null, 0);
    }

    /**
     * The same as {@link #inherit(String) inherit}<code>("[worker ${worker.number}, task ${task.id}] ")</code>.
     *
     * @return the routing
     */
    public static OutputRouting prefixed() {
        return inherit("[worker ${worker.number}, task ${task.id}] ");
    }

    /**
     * What workers print is read, so that they never wait for it, and thrown away.
     *
     * @return the routing
     */
    public static OutputRouting discard() {
        return DISCARD;
    }

    /**
     * Each line that a worker prints becomes a log record, whose message names the worker, the task and the line.
     *
     * @param logger what to log with
     * @param level from {@link Level#TRACE} to {@link Level#ERROR}
     * @return the routing
     * @throws NullPointerException if {@code logger} or {@code level} is {@code null}
     * @throws IllegalArgumentException if {@code level} is {@link Level#ALL} or {@link Level#OFF}
     */
    public static OutputRouting logger(Logger logger, Level level) {
        Objects.requireNonNull(logger, "logger");
        Objects.requireNonNull(level, "level");
        if (level == Level.ALL || level == Level.OFF) {
            throw new IllegalArgumentException("level must be from TRACE to ERROR, got " + level);
        }
        return new OutputRouting(null, new LoggingListener(logger, level), 0);
    }

    /**
     * Each line that a worker prints is given to a listener.
     *
     * @param listener who gets the lines
     * @return the routing
     * @throws NullPointerException if {@code listener} is {@code null}
     */
    public static OutputRouting callback(OutputListener listener) {
        return new OutputRouting(null, Objects.requireNonNull(listener, "listener"), 0);
    }

    /**
     * What a task prints is kept for its future and goes nowhere else: {@code discard().andCapture(limitBytes)}.
     *
     * @param limitBytes see {@link #andCapture}
     * @return the routing
     * @throws IllegalArgumentException if {@code limitBytes} is less than 1 or more than 1 GiB
     */
    public static OutputRouting capture(int limitBytes) {
        return discard().andCapture(limitBytes);
    }

    /**
     * Returns a routing that does what this one does and also keeps what each task prints for {@link TaskFuture#output()}.
     * The future of a task is then done when what it printed has been read, but no more than a second later than without.
     *
     * @param limitBytes how much is kept, of each task the end of what it prints, in bytes; from 1 to 1 GiB. A task
     *     that prints less takes less memory
     * @return the routing
     * @throws IllegalArgumentException if {@code limitBytes} is outside that range
     */
    public OutputRouting andCapture(int limitBytes) {
        if (limitBytes < 1 || limitBytes > MAX_CAPTURE) {
            throw new IllegalArgumentException(
                    "limitBytes must be from 1 to " + MAX_CAPTURE + " (1 GiB), got " + limitBytes);
        }
        return new OutputRouting(prefix, listener, limitBytes);
    }

    /**
     * Returns what stands before each line on standard error, as it was given.
     *
     * @return the prefix, {@code ""} for {@link #inherit()}; empty if nothing goes to standard error
     */
    public Optional<String> prefix() {
        return Optional.ofNullable(prefix);
    }

    /**
     * Returns what stands before this line on standard error.
     *
     * @param line a line that a worker printed
     * @return the prefix with everything filled in; {@code ""} if there is none
     */
    public String prefixOf(OutputLine line) {
        Objects.requireNonNull(line, "line");
        return prefix == null ? "" : PrefixTemplate.fill(prefix, line);
    }

    /**
     * Returns who gets the lines.
     *
     * @return the listener, for {@link #logger} one of the library's; empty if nobody does
     */
    public Optional<OutputListener> listener() {
        return Optional.ofNullable(listener);
    }

    /**
     * Returns how much is kept of what a task prints.
     *
     * @return the limit in bytes; empty if nothing is kept
     */
    public OptionalInt captureLimit() {
        return captureLimit == 0 ? OptionalInt.empty() : OptionalInt.of(captureLimit);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OutputRouting routing
                && Objects.equals(routing.prefix, prefix)
                && Objects.equals(routing.listener, listener)
                && routing.captureLimit == captureLimit;
    }

    @Override
    public int hashCode() {
        return Objects.hash(prefix, listener, captureLimit);
    }

    @Override
    public String toString() {
        String kept = "capture of " + captureLimit + " bytes";
        if (captureLimit > 0 && prefix == null && listener == null) {
            return kept;
        }
        return target() + (captureLimit == 0 ? "" : " and " + kept);
    }

    private String target() {
        if (listener != null) {
            // a listener's own words may hold anything
            return listener instanceof LoggingListener
                    ? listener.toString()
                    : "callback " + listener.getClass().getName();
        }
        if (prefix == null) {
            return "discard";
        }
        return prefix.isEmpty() ? "inherit" : "inherit '" + prefix + "'";
    }
}
