/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import org.jspecify.annotations.Nullable;

/**
 * Where the text goes that tasks print in a worker. The standard output and the standard error of a worker are one
 * stream, so the order of what is printed is kept.
 *
 * <p>What the JVM of a worker prints before it is ready, and the banner that it prints when it dies of a fatal error,
 * are never passed on: they are kept for the exception that reports the failure, see
 * {@link WorkerStartException#output()} and {@link CrashReport#output()}.
 *
 * <p>Immutable and thread-safe; two routings that do the same are equal.
 */
public final class OutputRouting {

    private static final OutputRouting INHERIT = new OutputRouting("inherit");
    private static final OutputRouting DISCARD = new OutputRouting("discard");

    private final String kind;

    private OutputRouting(String kind) {
        this.kind = kind;
    }

    /**
     * Each line that a worker prints goes to {@link System#err} of the parent, unchanged. This is the default.
     *
     * @return the routing
     */
    public static OutputRouting inherit() {
        return INHERIT;
    }

    /**
     * What workers print is read, so that they never wait for it, and thrown away.
     *
     * @return the routing
     */
    public static OutputRouting discard() {
        return DISCARD;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OutputRouting routing && routing.kind.equals(kind);
    }

    @Override
    public int hashCode() {
        return kind.hashCode();
    }

    @Override
    public String toString() {
        return kind;
    }
}
