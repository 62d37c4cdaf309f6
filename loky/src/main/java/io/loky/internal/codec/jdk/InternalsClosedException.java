/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.jdk;

import org.jspecify.annotations.Nullable;

/** There is no way into the JDK's internals; the message says why and what to do. */
public final class InternalsClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InternalsClosedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
