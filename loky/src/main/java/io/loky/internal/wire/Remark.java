/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What a worker has to say about the task that it answers next, for the log of the parent: it goes on as it is.
 *
 * @param taskId the task
 * @param text what was found
 */
public record Remark(long taskId, String text) {

    public EncodedFrame encode() {
        FrameBuffer buffer = FrameBuffer.take();
        try {
            WireText.write(text, new DataOutputStream(buffer));
        } catch (IOException e) {
            throw new AssertionError("a buffer in memory refused " + this, e);
        }
        return buffer.finish(FrameType.REMARK, taskId);
    }

    /**
     * @throws ChannelBrokenException if the frame holds no text
     * @throws IOException if its payload is too short
     */
    public static Remark decode(Frame frame) throws IOException {
        String text = WireText.read(new DataInputStream(frame.stream()));
        if (text == null) {
            throw new ChannelBrokenException("a worker remarks something about a task, and not what");
        }
        return new Remark(frame.taskId(), text);
    }
}
