/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * The first frame of a worker: it proves with the token that this end of the channel is the process which was started.
 *
 * @param pid the worker's process id as it sees it
 * @param javaVersion the worker's {@code java.version}
 */
public record Hello(Token token, long pid, String javaVersion) {

    public EncodedFrame encode() {
        FrameBuffer buffer = FrameBuffer.take();
        try {
            DataOutputStream out = new DataOutputStream(buffer);
            token.writeTo(out);
            out.writeLong(pid);
            out.writeUTF(javaVersion);
        } catch (IOException e) {
            throw new AssertionError("a buffer in memory refused " + this, e);
        }
        return buffer.finish(FrameType.HELLO, 0);
    }

    /**
     * @throws ChannelBrokenException if the frame is not a greeting
     * @throws IOException if its payload is too short
     */
    public static Hello decode(Frame frame) throws IOException {
        if (frame.type() != FrameType.HELLO) {
            throw new ChannelBrokenException("expected a HELLO frame first, got " + frame.type());
        }
        DataInputStream in = new DataInputStream(frame.stream());
        return new Hello(Token.readFrom(in), in.readLong(), in.readUTF());
    }
}
