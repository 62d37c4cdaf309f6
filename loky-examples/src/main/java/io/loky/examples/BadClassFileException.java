/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.io.Serial;

/** A class file that cannot be read; the message is the reason, and always the same one for the same bytes. */
final class BadClassFileException extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    BadClassFileException(String reason) {
        super(reason);
    }

    BadClassFileException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
