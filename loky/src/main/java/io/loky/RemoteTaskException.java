/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for a throwable of a task that cannot be rebuilt in the parent, because it cannot be serialized or its
 * class is not to be found. The stack trace, the cause and the suppressed throwables are those of the original; any of
 * these may be a stand-in itself.
 */
public final class RemoteTaskException extends ProcessPoolException {

    private static final long serialVersionUID = 1L;

    /** The name of the class that is stood in for. */
    private final String originalClassName;

    /** The message of the original. */
    private final @Nullable String originalMessage;

    /** Why the original is not here itself. */
    private final String reason;

    /**
     * Makes a stand-in. The maker adds the cause with {@link #initCause} and the suppressed throwables with
     * {@link #addSuppressed}.
     *
     * @param originalClassName the name of the class of the original, as {@link Class#getName()} gives it
     * @param originalMessage the message of the original; {@code null} if it has none
     * @param reason why the original is not here itself, such as
     *     {@code java.net.Socket cannot leave this process}
     * @param frames the stack trace of the original; copied
     */
    public RemoteTaskException(
            String originalClassName, @Nullable String originalMessage, String reason, StackTraceElement[] frames) {
        super(
                Category.TASK,
                Objects.requireNonNull(originalClassName, "originalClassName")
                        + (originalMessage == null ? "" : ": " + originalMessage)
                        + " [stand-in, because " + Objects.requireNonNull(reason, "reason") + "]");
        this.originalClassName = originalClassName;
        this.originalMessage = originalMessage;
        this.reason = reason;
        setStackTrace(Objects.requireNonNull(frames, "frames"));
    }

    /**
     * Returns the name of the class of the original.
     *
     * @return the name as {@link Class#getName()} gives it
     */
    public String originalClassName() {
        return originalClassName;
    }

    /**
     * Returns the message of the original.
     *
     * @return the message; {@code null} if it has none
     */
    public @Nullable String originalMessage() {
        return originalMessage;
    }

    /**
     * Returns why the original is not here itself.
     *
     * @return the reason, such as {@code java.net.Socket cannot leave this process}
     */
    public String reason() {
        return reason;
    }
}
