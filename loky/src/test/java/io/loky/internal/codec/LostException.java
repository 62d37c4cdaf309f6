/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

/** Is renamed by {@link RenamedClass}, so that no other loader has it. */
public final class LostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Makes one. */
    public LostException(String message, Throwable cause) {
        super(message, cause);
    }
}
