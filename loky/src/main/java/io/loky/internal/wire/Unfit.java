/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What a worker says about itself when it should be replaced: right before an answer, or before it says that it is free, so that the
 * parent knows it when it decides what that worker does next.
 *
 * @param reason the name of the reason, as the pool counts its workers by it
 * @param detail what was found, for the log; may be empty
 */
public record Unfit(String reason, String detail) {

    public EncodedFrame encode() {
        FrameBuffer buffer = FrameBuffer.take();
        try {
            DataOutputStream out = new DataOutputStream(buffer);
            WireText.write(reason, out);
            WireText.write(detail, out);
        } catch (IOException e) {
            throw new AssertionError("a buffer in memory refused " + this, e);
        }
        return buffer.finish(FrameType.UNFIT, 0);
    }

    /**
     * @throws ChannelBrokenException if the frame does not hold both
     * @throws IOException if its payload is too short
     */
    public static Unfit decode(Frame frame) throws IOException {
        DataInputStream in = new DataInputStream(frame.stream());
        String reason = WireText.read(in);
        String detail = WireText.read(in);
        if (reason == null || detail == null) {
            throw new ChannelBrokenException("a worker says that it is unfit, and not why");
        }
        return new Unfit(reason, detail);
    }
}
