/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.capsule;

import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.Sections;
import java.io.IOException;
import java.time.Instant;

/**
 * A task that killed its worker, and what that worker was.
 *
 * @param library the version of the library that has written it
 * @param type of the task's frame: {@link FrameType#TASK} or {@link FrameType#CHUNK}
 * @param payload of the task's frame, as it was sent
 * @param sections of the task's frame
 * @param report of the death
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier that is read once, never compared
public record Capsule(
        Instant written,
        String library,
        String system,
        long taskId,
        String taskName,
        FrameType type,
        byte[] payload,
        Sections sections,
        WorkerSetup worker,
        String report) {

    /** What to send to a worker. */
    public EncodedFrame frame() throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        buffer.takeAside(sections);
        buffer.write(payload, 0, payload.length);
        return buffer.finish(type, taskId);
    }
}
