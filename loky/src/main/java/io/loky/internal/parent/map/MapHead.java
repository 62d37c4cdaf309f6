/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.map;

import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.Sections;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * What stands before the items in each chunk of a map: the function.
 *
 * @param bytes not to be changed
 * @param sections large arrays that the function refers to; one copy for all chunks
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record MapHead(byte[] bytes, Sections sections) {
    /** There is none, and no item can be sent. */
    public static final MapHead NONE = new MapHead(new byte[0], Sections.NONE);

    /** What was written into the buffer. */
    public static MapHead of(FrameBuffer buffer) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(buffer.size());
        buffer.writeTo(bytes);
        return new MapHead(bytes.toByteArray(), buffer.sections());
    }
}
