/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.map;

import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.ItemAnswer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An item, and what became of it. Written once, under the map's lock; read by the consumer afterwards. */
final class Slot {
    private final long index;
    private boolean done;
    private @Nullable ItemAnswer answer;
    private @Nullable Supplier<Throwable> failure;
    private long workerPid = -1;
    private long skipped;

    /**
     * @param index the item's place in the input, from 0
     */
    Slot(long index) {
        this.index = index;
    }

    long index() {
        return index;
    }

    boolean isDone() {
        return done;
    }

    void answered(ItemAnswer given, long pid) {
        done = true;
        answer = given;
        workerPid = pid;
    }

    /** For the answer there was no memory. */
    void skipped(long bytes) {
        done = true;
        skipped = bytes;
    }

    void failed(Throwable reason) {
        failed(() -> reason);
    }

    /**
     * @param reason may run the user's code: only the consumer asks it
     */
    void failed(Supplier<Throwable> reason) {
        done = true;
        failure = reason;
    }

    @Nullable
    Throwable failure() {
        return failure == null ? null : failure.get();
    }

    long workerPid() {
        return workerPid;
    }

    /** The answer as if it had come alone. */
    Frame frame() {
        ItemAnswer given = answer;
        return given == null
                ? new Frame(FrameType.VALUE, 0, new byte[0], skipped)
                : new Frame(given.type(), 0, given.payload(), 0, null, given.sections());
    }
}
