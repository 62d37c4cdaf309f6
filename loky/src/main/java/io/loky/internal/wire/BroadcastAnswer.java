/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the parent answers to a {@link BroadcastAsk}: no, a file, or the next bytes.
 *
 * @param refusal why there is no answer; null if there is one
 * @param head what the bytes are; null where they go on
 * @param length how many bytes there are in all
 * @param file where they are; null if they come over the channel
 * @param bytes the next of them, none after the last; null if they are in a file
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier that is read once, never compared
public record BroadcastAnswer(
        @Nullable String refusal,
        byte @Nullable [] head,
        long length,
        @Nullable String file,
        byte @Nullable [] bytes) {
    /**
     * So many bytes go over the channel in one answer, the last one excepted: answers to tasks and questions pass in between. A
     * multiple of the size of everything that may be in an array.
     */
    public static final int SLICE = 256 * 1024;

    public static BroadcastAnswer refused(String why) {
        return new BroadcastAnswer(why, null, 0, null, null);
    }

    /** Of an answer of so many bytes. */
    public static BroadcastAnswer noMemory(long bytes) {
        return refused("there is no memory for the " + bytes
                + " bytes of the parent's answer; give workers a larger heap (ProcessPoolOptions.maxHeap)");
    }

    /**
     * @param number of the question
     * @throws IOException if it is too large for a frame
     */
    public EncodedFrame encode(long number) throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        DataOutputStream out = new DataOutputStream(buffer);
        WireText.write(refusal, out);
        WireText.writeBytes(head, out);
        out.writeLong(length);
        WireText.write(file, out);
        WireText.writeBytes(bytes, out);
        return buffer.finish(FrameType.BROADCAST_ANSWER, number);
    }

    /**
     * @throws IOException if the frame does not hold such an answer
     */
    public static BroadcastAnswer decode(Frame frame) throws IOException {
        if (frame.skipped() > 0) {
            return noMemory(frame.skipped());
        }
        DataInputStream in = new DataInputStream(frame.stream());
        return new BroadcastAnswer(
                WireText.read(in), WireText.readBytes(in), in.readLong(), WireText.read(in), WireText.readBytes(in));
    }
}
