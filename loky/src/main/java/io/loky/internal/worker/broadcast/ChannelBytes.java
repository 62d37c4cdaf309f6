/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.broadcast;

import io.loky.internal.wire.BroadcastAnswer;
import io.loky.internal.wire.BroadcastAsk;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The bytes of a value that come over the channel, asked for one after the other: no more of them is here than one answer holds. */
final class ChannelBytes extends InputStream {
    private final BroadcastLine parent;
    private final BroadcastAsk ask;
    private final long length;
    private byte[] slice;
    private int at;
    private long received;

    /**
     * @param ask the first question
     * @param first its answer
     */
    ChannelBytes(BroadcastLine parent, BroadcastAsk ask, BroadcastAnswer first) {
        this.parent = parent;
        this.ask = ask;
        this.length = first.length();
        this.slice = bytes(first);
        this.received = slice.length;
    }

    private static byte[] bytes(BroadcastAnswer answer) {
        byte @Nullable [] bytes = answer.bytes();
        return Objects.requireNonNull(bytes, "an answer without bytes");
    }

    @Override
    public int read() {
        return hasMore() ? slice[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int count) {
        if (count == 0) {
            return 0;
        }
        if (!hasMore()) {
            return -1;
        }
        int now = Math.min(count, slice.length - at);
        System.arraycopy(slice, at, target, offset, now);
        at += now;
        return now;
    }

    private boolean hasMore() {
        if (at == slice.length && received < length) {
            BroadcastAnswer next = parent.ask(new BroadcastAsk(ask.id(), ask.maker(), received, false));
            String refusal = next.refusal();
            if (refusal != null) {
                throw new RefusedException(refusal);
            }
            slice = bytes(next);
            at = 0;
            received += slice.length;
        }
        return at < slice.length;
    }
}
