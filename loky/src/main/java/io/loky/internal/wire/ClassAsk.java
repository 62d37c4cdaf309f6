/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a worker asks of one of its parent's class loaders.
 *
 * @param loader the loader's number
 * @param name of the class, with dots, or of the resource, with slashes
 * @param url for {@link Kind#CONTENT}: which of the resources with this name; null for the one that the loader prefers
 */
public record ClassAsk(
        Kind kind, int loader, String name, @Nullable String url) {
    /** What is asked for. */
    public enum Kind {
        /** The class with this name. */
        CLASS,
        /** Where the resource with this name is: the one that the loader prefers. */
        RESOURCE,
        /** Where the resources with this name are, all of them. */
        RESOURCES,
        /** The bytes of a resource. */
        CONTENT;

        private static final Kind[] ALL = values();
    }

    /**
     * @param number of the question, which its answer carries as well
     * @throws IOException if the name is too long for a frame
     */
    public EncodedFrame encode(long number) throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        DataOutputStream out = new DataOutputStream(buffer);
        out.writeByte(kind.ordinal());
        out.writeInt(loader);
        WireText.write(name, out);
        WireText.write(url, out);
        return buffer.finish(FrameType.CLASS_ASK, number);
    }

    /**
     * @throws IOException if the frame does not hold a question
     */
    public static ClassAsk decode(Frame frame) throws IOException {
        DataInputStream in = new DataInputStream(frame.stream());
        int kind = in.readUnsignedByte();
        int loader = in.readInt();
        String name = WireText.read(in);
        if (kind >= Kind.ALL.length || name == null) {
            throw new ChannelBrokenException("a question about classes of the unknown kind " + kind);
        }
        return new ClassAsk(Kind.ALL[kind], loader, name, WireText.read(in));
    }
}
