/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of a worker's that is in its memory, too, and outlives it. */
final class MappedFile {
    private MappedFile() {}

    /**
     * Makes the file, which must not be there: what somebody else has put in its place, such as a link, is not to be
     * overwritten. Its bytes are written out first, because a store into a hole of a full disk kills the writer.
     */
    static MappedByteBuffer create(Path file, int bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (ByteBuffer zeros = ByteBuffer.allocate(bytes); zeros.hasRemaining(); ) {
                channel.write(zeros);
            }
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
        }
    }

    /** The file that the other side has made. */
    static MappedByteBuffer open(Path file, int bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
        }
    }
}
