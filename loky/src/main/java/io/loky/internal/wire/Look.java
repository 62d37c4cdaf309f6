/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What a parent asks a worker that has a task: where is it now? The answer is a {@link StackSample} with the same number;
 * nothing is interrupted.
 *
 * @param taskId the task
 * @param number tells answers apart; 1 or more
 */
public record Look(long taskId, long number) {

    public EncodedFrame encode() {
        FrameBuffer buffer = FrameBuffer.take();
        try {
            new DataOutputStream(buffer).writeLong(number);
        } catch (IOException e) {
            throw new AssertionError("a buffer in memory refused " + this, e);
        }
        return buffer.finish(FrameType.LOOK, taskId);
    }

    /**
     * @throws IOException if its payload is too short
     */
    public static Look decode(Frame frame) throws IOException {
        return new Look(frame.taskId(), new DataInputStream(frame.stream()).readLong());
    }
}
