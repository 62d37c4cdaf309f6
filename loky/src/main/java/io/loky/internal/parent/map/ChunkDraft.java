/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.map;

import io.loky.internal.codec.ChunkCall;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bytes of a chunk while its items are being collected. */
final class ChunkDraft {
    private final FrameBuffer buffer;
    private final List<Slot> slots = new ArrayList<>();
    private int[] starts = new int[16];
    private int[] sectionStarts = new int[16];
    private long asideBytes;

    /**
     * @param large from how many bytes on an array of an item is taken aside
     */
    ChunkDraft(MapHead head, long large) throws IOException {
        buffer = FrameBuffer.takeForSnapshot(large);
        buffer.takeAside(head.sections());
        buffer.write(head.bytes());
        starts[0] = buffer.size();
        sectionStarts[0] = buffer.asideCount();
    }

    int size() {
        return slots.size();
    }

    /** What is the items' own, arrays that were taken aside included, and what stands before them. */
    long bytes() {
        return buffer.size() + asideBytes;
    }

    /**
     * Encodes an item. After a failure the draft is as it was before.
     *
     * @throws IOException if the item cannot be sent; the user's {@code writeObject} may throw anything else
     */
    void add(Slot slot, @Nullable Object item, ObjectCodec codec) throws IOException {
        int start = starts[slots.size()];
        try {
            if (slots.size() + 1 == starts.length) {
                starts = Arrays.copyOf(starts, 2 * starts.length);
                sectionStarts = Arrays.copyOf(sectionStarts, starts.length);
            }
            buffer.write(new byte[ChunkCall.ITEM_HEADER]);
            buffer.startPart();
            codec.write(item, buffer);
            long aside = buffer.settle(); // whoever gives the items may use one array for all of them
            buffer.putLong(start, slot.index());
            buffer.putInt(start + Long.BYTES, buffer.size() - start - ChunkCall.ITEM_HEADER);
            buffer.putInt(start + Long.BYTES + Integer.BYTES, buffer.asideCount() - sectionStarts[slots.size()]);
            slots.add(slot);
            asideBytes += aside;
        } catch (Throwable e) {
            buffer.truncate(start);
            throw e;
        }
        starts[slots.size()] = buffer.size();
        sectionStarts[slots.size()] = buffer.asideCount();
    }

    Slot[] slots() {
        return slots.toArray(Slot[]::new);
    }

    /** Where each item begins in the payload, and where the last one ends. */
    int[] starts() {
        return Arrays.copyOf(starts, slots.size() + 1);
    }

    /** The same of the sections. */
    int[] sectionStarts() {
        return Arrays.copyOf(sectionStarts, slots.size() + 1);
    }

    EncodedFrame finish(long id) {
        return buffer.finish(FrameType.CHUNK, id);
    }
}
