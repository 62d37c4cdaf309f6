/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;

/** What was to be sent does not fit into one frame. */
public final class FrameTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    FrameTooLargeException(long wanted) {
        super("encoded size of " + wanted + " bytes or more is over the limit of " + Frame.MAX_PAYLOAD
                + " bytes; send the data in parts, or as the name of a file that the other side reads");
    }
}
