/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.VarHandle;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;

/**
 * Eight bytes of a file in a worker's memory, which its parent reads from the file. A store costs what a store costs, nobody
 * is woken by it, no task can block it, and the kernel keeps it when the writer is killed. The eight bytes are stored at
 * once, so that a death in between cannot tear them.
 */
final class MappedWord {
    private final MappedByteBuffer word;

    private MappedWord(MappedByteBuffer word) {
        this.word = word;
    }

    /** Worker: makes the file, which must not be there. */
    static MappedWord create(Path file) throws IOException {
        return new MappedWord(MappedFile.create(file, Long.BYTES));
    }

    /** Worker: stores a value. */
    void set(long value) {
        word.putLong(0, value);
        // Without it the compiler might move the store behind the user's code, which may be what kills this process.
        VarHandle.releaseFence();
    }

    /** Parent: the value that was stored last; 0 if none was. */
    static long read(Path file) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
            return access.readLong();
        }
    }
}
