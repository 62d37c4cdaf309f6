/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** Tells a worker of class loaders of its parent that are gone: it will never hear of these numbers again. */
public final class ForgetLoaders {
    private ForgetLoaders() {}

    public static EncodedFrame encode(int... loaders) {
        FrameBuffer buffer = FrameBuffer.take();
        try {
            DataOutputStream out = new DataOutputStream(buffer);
            for (int loader : loaders) {
                out.writeInt(loader);
            }
        } catch (IOException e) {
            throw new AssertionError("a buffer in memory refused " + Arrays.toString(loaders), e);
        }
        return buffer.finish(FrameType.FORGET, 0);
    }

    /**
     * @throws IOException if the frame does not hold numbers
     */
    public static int[] decode(Frame frame) throws IOException {
        int[] loaders = new int[frame.payload().length / Integer.BYTES];
        DataInputStream in = new DataInputStream(frame.stream());
        for (int i = 0; i < loaders.length; i++) {
            loaders[i] = in.readInt();
        }
        return loaders;
    }
}
