/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.io.IOException;

/** A codec or a reducer of the user's did not do what it must. The message names it. */
public final class CodecFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    CodecFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether it met an object that cannot leave this process. */
    public boolean isOfUnsendable() {
        return getCause() instanceof UnsendableException;
    }
}
