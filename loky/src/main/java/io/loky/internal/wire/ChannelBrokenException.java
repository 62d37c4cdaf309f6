/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;

/** The stream between parent and worker ended in the middle of a message, or holds something else than messages. */
public final class ChannelBrokenException extends IOException {
    private static final long serialVersionUID = 1L;

    public ChannelBrokenException(String message) {
        super(message);
    }
}
