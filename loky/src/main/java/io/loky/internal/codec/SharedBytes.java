/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.RawArray;
import java.nio.ByteBuffer;

/**
 * The bytes of a {@link SharedValue} as they are read out of what is in memory anyway: no second copy of a large array is made on
 * the way to a file. Thread-safe as long as nobody writes to that.
 */
public abstract class SharedBytes {
    private SharedBytes() {}

    /** How many there are. */
    public abstract long length();

    /**
     * Copies some of them.
     *
     * @param from a multiple of eight
     * @param length a multiple of eight, or what is left
     */
    public abstract void copy(long from, byte[] target, int length);

    /** These bytes as they are now, whatever the user does to the object afterwards. */
    public abstract SharedBytes snapshot();

    /** Of something that was encoded, and is nobody's but ours. */
    static SharedBytes of(FrameBuffer encoded) {
        return new SharedBytes() {
            @Override
            public long length() {
                return encoded.size();
            }

            @Override
            public void copy(long from, byte[] target, int length) {
                encoded.copy((int) from, target, 0, length);
            }

            /** Nobody else has it. A small one is copied, since the array behind it may be much larger. */
            @Override
            public SharedBytes snapshot() {
                if (encoded.isLarge()) {
                    return this;
                }
                byte[] exact = new byte[encoded.size()];
                encoded.copy(0, exact, 0, exact.length);
                encoded.giveBack();
                return of(ByteBuffer.wrap(exact));
            }
        };
    }

    static SharedBytes of(ByteBuffer buffer) {
        ByteBuffer whole = buffer.duplicate().clear();
        return new SharedBytes() {
            @Override
            public long length() {
                return whole.limit();
            }

            @Override
            public void copy(long from, byte[] target, int length) {
                whole.get((int) from, target, 0, length);
            }

            @Override
            public SharedBytes snapshot() {
                return of(ByteBuffer.allocate(whole.limit()).put(whole.duplicate()));
            }
        };
    }

    static SharedBytes of(RawArray array) {
        return new SharedBytes() {
            @Override
            public long length() {
                return array.bytes();
            }

            @Override
            public void copy(long from, byte[] target, int length) {
                array.get(from, target, length);
            }

            @Override
            public SharedBytes snapshot() {
                return of(array.copy());
            }
        };
    }
}
