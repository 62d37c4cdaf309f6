/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.UUID;

/** Tells a worker which has the value of a broadcast that this is over: whoever asks for it from now on is refused. */
public final class ForgetBroadcast {
    private ForgetBroadcast() {}

    public static EncodedFrame encode(UUID id) {
        FrameBuffer buffer = FrameBuffer.take();
        DataOutputStream out = new DataOutputStream(buffer);
        try {
            out.writeLong(id.getMostSignificantBits());
            out.writeLong(id.getLeastSignificantBits());
        } catch (IOException e) {
            throw new AssertionError("a buffer in memory refused " + id, e);
        }
        return buffer.finish(FrameType.FORGET_BROADCAST, 0);
    }

    /**
     * @throws IOException if the frame does not hold an id
     */
    public static UUID decode(Frame frame) throws IOException {
        DataInputStream in = new DataInputStream(frame.stream());
        return new UUID(in.readLong(), in.readLong());
    }
}
