/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What a parent sends to a worker whose task nobody wants any more: interrupt it, and begin nothing else of it.
 *
 * @param taskId the task
 * @param graceMillis how long the parent waits for an answer before it kills this worker; 0 or more
 * @param sampled whether to tell where the task is meanwhile, by some {@link StackSample}s
 */
public record Interrupt(long taskId, long graceMillis, boolean sampled) {

    public EncodedFrame encode() {
        FrameBuffer buffer = FrameBuffer.take();
        try {
            DataOutputStream out = new DataOutputStream(buffer);
            out.writeLong(graceMillis);
            out.writeBoolean(sampled);
        } catch (IOException e) {
            throw new AssertionError("a buffer in memory refused " + this, e);
        }
        return buffer.finish(FrameType.INTERRUPT, taskId);
    }

    /**
     * @throws ChannelBrokenException if the frame holds no such thing
     * @throws IOException if its payload is too short
     */
    public static Interrupt decode(Frame frame) throws IOException {
        DataInputStream in = new DataInputStream(frame.stream());
        long graceMillis = in.readLong();
        if (graceMillis < 0) {
            throw new ChannelBrokenException("a task is to be interrupted with a grace of " + graceMillis + " ms");
        }
        return new Interrupt(frame.taskId(), graceMillis, in.readBoolean());
    }
}
