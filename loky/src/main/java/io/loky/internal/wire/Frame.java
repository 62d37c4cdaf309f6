/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * One message between parent and worker.
 *
 * <pre>
 *    0        2         3      4                8           16
 *   +--------+---------+------+----------------+-----------+-----------------+
 *   | 'L''K' | version | type | payload length | task id   | payload ...     |
 *   +--------+---------+------+----------------+-----------+-----------------+
 * </pre>
 *
 * Numbers are big-endian. The magic finds a stream that lost step (a stray print, a half-written frame) at the next
 * header instead of decoding rubbish; the length is checked before anything is allocated. The task id is 0 where no task
 * is meant; a question about classes or broadcasts, and its answer, have the number of the question there. Where the highest bit of the type is set
 * the header is followed by what was measured of the task (see {@link Measured}), which is no part of the payload: what is
 * measured costs no copy of a large answer. Where the second highest bit is set, {@link Sections} follow the payload.
 *
 * @param payload the bytes after the header; owned by the receiver
 * @param skipped how long the payload was, with the arrays behind it, if there was no memory for it and it was skipped; else 0
 * @param measured of the task that this answers; null where nothing was
 * @param sections the arrays behind the payload; owned by the receiver
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier that is read once, never compared
public record Frame(
        FrameType type,
        long taskId,
        byte[] payload,
        long skipped,
        @Nullable Measured measured,
        Sections sections) {
    static final int HEADER = 16;

    /** In the byte of the type: what was measured follows the header. */
    static final int MEASURED = 0x80;

    /** In the byte of the type: sections follow the payload. */
    static final int SECTIONS = 0x40;

    static final byte MAGIC_0 = 'L';
    static final byte MAGIC_1 = 'K';

    /** Changes with every incompatible change of what is on the wire; parent and worker must agree exactly. */
    public static final byte VERSION = 3;

    /** The longest payload of one frame, in bytes: 1 GiB. A Java array cannot hold much more in any case. */
    public static final int MAX_PAYLOAD = 1 << 30;

    /** One with which nothing was measured, and without sections. */
    public Frame(FrameType type, long taskId, byte[] payload, long skipped) {
        this(type, taskId, payload, skipped, null, Sections.NONE);
    }

    /** The payload as a stream. */
    public InputStream stream() {
        return new ByteArrayInputStream(payload);
    }
}
