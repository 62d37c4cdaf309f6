/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Tells a worker of a number that no class loader of its parent has any more: it will never hear of it again. */
public final class ForgetLoader {
    private ForgetLoader() {}

    public static EncodedFrame encode(int loader) {
        FrameBuffer buffer = FrameBuffer.take();
        try {
            new DataOutputStream(buffer).writeInt(loader);
        } catch (IOException e) {
            throw new AssertionError("a buffer in memory refused " + loader, e);
        }
        return buffer.finish(FrameType.FORGET, 0);
    }

    /**
     * @throws IOException if the frame does not hold a number
     */
    public static int decode(Frame frame) throws IOException {
        return new DataInputStream(frame.stream()).readInt();
    }
}
