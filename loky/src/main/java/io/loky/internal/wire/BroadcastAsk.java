/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.UUID;

/**
 * A worker wants the value of a broadcast.
 *
 * @param id of the broadcast
 * @param maker the identity of the process that made it: of one that the parent does not know it tells why
 * @param offset of the bytes that are wanted; at 0 begins the answer that says what there is
 * @param file whether the name of a file is an answer; otherwise the bytes themselves are wanted
 */
public record BroadcastAsk(UUID id, String maker, long offset, boolean file) {
    /**
     * @param number of the question, which its answer carries as well
     * @throws IOException if it is too long for a frame
     */
    public EncodedFrame encode(long number) throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        DataOutputStream out = new DataOutputStream(buffer);
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
        WireText.write(maker, out);
        out.writeLong(offset);
        out.writeBoolean(file);
        return buffer.finish(FrameType.BROADCAST_ASK, number);
    }

    /**
     * @throws IOException if the frame does not hold such a question
     */
    public static BroadcastAsk decode(Frame frame) throws IOException {
        DataInputStream in = new DataInputStream(frame.stream());
        UUID id = new UUID(in.readLong(), in.readLong());
        String maker = WireText.read(in);
        return new BroadcastAsk(id, maker == null ? "" : maker, in.readLong(), in.readBoolean());
    }
}
