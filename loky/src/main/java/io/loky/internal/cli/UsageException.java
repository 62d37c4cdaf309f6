/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

/** What was typed is not understood. The message says what and why. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
