/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;

/**
 * The stream between parent and worker holds something else than messages. That it ends, also in the middle of a message, is
 * an {@link java.io.EOFException}: the other side is gone.
 */
public final class ChannelBrokenException extends IOException {
    private static final long serialVersionUID = 1L;

    public ChannelBrokenException(String message) {
        super(message);
    }
}
