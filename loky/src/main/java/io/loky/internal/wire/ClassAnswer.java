/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the parent answers to a {@link ClassAsk}.
 *
 * @param refusal why there is no answer; null if there is one
 * @param items what was asked for. Of classes the first is the one asked for, and the others are those that will be asked for
 *     next
 */
public record ClassAnswer(@Nullable String refusal, List<Item> items) {
    /** See {@link Item#loader}: the loader that was asked defines it itself. */
    public static final int HERE = -1;

    /**
     * A class or a resource.
     *
     * @param name of the class, with dots; of a resource its URL, or what is to be taken for one
     * @param loader the number of the loader that defines the class, or {@link #HERE}
     * @param source the URL of the class's code source, if it has one
     * @param bytes of the class file or of the resource; null where they are to be had elsewhere
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier that is read once, never compared
    public record Item(String name, int loader, @Nullable String source, byte @Nullable [] bytes) {}

    public static ClassAnswer refused(String why) {
        return new ClassAnswer(why, List.of());
    }

    /** Of an answer of so many bytes. */
    public static ClassAnswer noMemory(long bytes) {
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
        out.writeInt(items.size());
        for (Item item : items) {
            WireText.write(item.name, out);
            out.writeInt(item.loader);
            WireText.write(item.source, out);
            WireText.writeBytes(item.bytes, out);
        }
        return buffer.finish(FrameType.CLASS_ANSWER, number);
    }

    /**
     * @throws IOException if the frame does not hold an answer
     */
    public static ClassAnswer decode(Frame frame) throws IOException {
        if (frame.skipped() > 0) {
            return noMemory(frame.skipped());
        }
        DataInputStream in = new DataInputStream(frame.stream());
        String refusal = WireText.read(in);
        int count = in.readInt();
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = WireText.read(in);
            if (name == null) {
                throw new ChannelBrokenException("an answer about classes names nothing");
            }
            items.add(new Item(name, in.readInt(), WireText.read(in), WireText.readBytes(in)));
        }
        return new ClassAnswer(refusal, items);
    }
}
