/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import java.util.Optional;

/** Classes that are too new for the Java of this worker, as they may be where that is not the parent's. */
final class TooNew {
    /** No chain of causes that means anything is longer; one that goes round in circles is. */
    private static final int MAX_DEPTH = 50;

    private TooNew() {}

    /** What to do about it, if this is the reason. */
    static Optional<String> remedy(Throwable thrown) {
        Throwable link = thrown;
        for (int i = 0; link != null && i < MAX_DEPTH; i++) {
            if (link instanceof UnsupportedClassVersionError) {
                return Optional.of("; the workers run Java " + System.getProperty("java.version")
                        + ": let them run on a newer one (ProcessPoolOptions.javaHome), or compile the class for an older"
                        + " one (javac --release " + Runtime.version().feature() + ")");
            }
            link = link.getCause();
        }
        return Optional.empty();
    }

    /** The JVM's own error, with what to do about it; anything else as it is. */
    static Throwable explained(Throwable thrown) {
        if (thrown.getClass() != UnsupportedClassVersionError.class) {
            return thrown;
        }
        Error explained = new UnsupportedClassVersionError(
                thrown.getMessage() + remedy(thrown).orElse(""));
        explained.setStackTrace(thrown.getStackTrace());
        if (thrown.getCause() != null) {
            explained.initCause(thrown.getCause());
        }
        return explained;
    }
}
