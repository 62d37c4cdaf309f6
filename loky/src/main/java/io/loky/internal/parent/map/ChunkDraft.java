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
    private final FrameBuffer buffer = FrameBuffer.take();
    private final List<Slot> slots = new ArrayList<>();
    private int[] starts = new int[16];

    ChunkDraft(byte[] head) throws IOException {
        buffer.write(head);
        starts[0] = buffer.size();
    }

    int size() {
        return slots.size();
    }

    int bytes() {
        return buffer.size();
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
            }
            buffer.write(new byte[ChunkCall.ITEM_HEADER]);
            codec.write(item, buffer);
            buffer.putLong(start, slot.index());
            buffer.putInt(start + Long.BYTES, buffer.size() - start - ChunkCall.ITEM_HEADER);
            slots.add(slot);
        } catch (Throwable e) {
            buffer.truncate(start);
            throw e;
        }
        starts[slots.size()] = buffer.size();
    }

    Slot[] slots() {
        return slots.toArray(Slot[]::new);
    }

    /** Where each item begins in the payload, and where the last one ends. */
    int[] starts() {
        return Arrays.copyOf(starts, slots.size() + 1);
    }

    EncodedFrame finish(long id) {
        return buffer.finish(FrameType.CHUNK, id);
    }
}
