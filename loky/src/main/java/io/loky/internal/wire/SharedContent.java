/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.UUID;

/**
 * What is in the file of a broadcast: the bytes of its value, behind a mark of {@value #MARK} bytes that says which broadcast it
 * is. A worker that sees other files than its parent, in a container perhaps, finds out by it.
 */
public final class SharedContent {
    /** So that what is behind it begins where every processor likes to read from. */
    private static final int MARK = 64;

    /** Files are written and read in steps of so many bytes: streams allocate native memory for each. */
    public static final int STEP = 64 * 1024;

    private SharedContent() {}

    /** With what the file of this broadcast begins. */
    public static byte[] mark(UUID id) {
        ByteBuffer mark = ByteBuffer.allocate(MARK);
        mark.put((byte) 'L').put((byte) 'K').put((byte) 'B').put(Frame.VERSION);
        return mark.putLong(8, id.getMostSignificantBits())
                .putLong(16, id.getLeastSignificantBits())
                .array();
    }

    /**
     * Reads some of the bytes.
     *
     * @throws IOException if there is no such file, or it has no such bytes
     */
    public static void read(Path path, UUID id, long offset, byte[] target) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            byte[] mark = new byte[MARK];
            file.readFully(mark);
            check(path, id, mark);
            file.seek(MARK + offset);
            for (int at = 0; at < target.length; at += STEP) {
                file.readFully(target, at, Math.min(STEP, target.length - at));
            }
        }
    }

    /**
     * The bytes, one after the other. No mapping: that would be copied just as well, would keep the memory of a file that was
     * deleted until the next collection, and an interrupt of this thread would close its channel.
     *
     * @throws IOException if there is no such file
     */
    public static InputStream open(Path path, UUID id, long length) throws IOException {
        FileInputStream in = new FileInputStream(path.toFile());
        try {
            check(path, id, in.readNBytes(MARK));
            if (in.getChannel().size() != MARK + length) {
                throw new EOFException(path + " does not have " + length + " bytes");
            }
            return in;
        } catch (Throwable e) { // whatever keeps it from being read
            in.close();
            throw e;
        }
    }

    /**
     * The bytes where they are; they stay there as long as anybody has this.
     *
     * @throws IOException if there is no such file
     */
    public static ByteBuffer map(Path path, UUID id, int length) throws IOException {
        boolean interrupted = false;
        try {
            for (; ; ) {
                try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                    MappedByteBuffer all = channel.map(FileChannel.MapMode.READ_ONLY, 0, (long) MARK + length);
                    byte[] mark = new byte[MARK];
                    all.get(0, mark);
                    check(path, id, mark);
                    return all.slice(MARK, length);
                } catch (ClosedByInterruptException e) { // meant for the task, which hears it later
                    interrupted = Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void check(Path path, UUID id, byte[] mark) throws IOException {
        if (!Arrays.equals(mark, mark(id))) {
            throw new IOException(path + " is not the file of broadcast " + id);
        }
    }
}
