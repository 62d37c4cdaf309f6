/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.capsule;

import java.io.IOException;

/** A file is no capsule, or none that this version of the library can read. The message names the file. */
public final class CapsuleFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    CapsuleFormatException(String message, Throwable cause) {
        super(message, cause);
    }

    CapsuleFormatException(String message) {
        super(message);
    }
}
