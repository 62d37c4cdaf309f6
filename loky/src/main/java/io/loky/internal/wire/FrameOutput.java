/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;
import java.io.OutputStream;

/** Where several threads send frames, each of which arrives whole. Thread-safe. */
public final class FrameOutput {
    private final OutputStream out;

    public FrameOutput(OutputStream out) {
        this.out = out;
    }

    /**
     * Sends a frame, when those that others are sending are through.
     *
     * @throws IOException if the other side is gone
     */
    public synchronized void send(EncodedFrame frame) throws IOException {
        frame.writeTo(out);
    }
}
