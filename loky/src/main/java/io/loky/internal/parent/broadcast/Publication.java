/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.broadcast;

import io.loky.internal.codec.SharedBytes;
import io.loky.internal.codec.SharedValue;
import io.loky.internal.directory.SharedFile;
import io.loky.internal.wire.BroadcastAnswer;
import io.loky.internal.wire.SharedContent;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The value of one broadcast, as workers get it: a file that they read, or bytes for the channel. Nothing in here refers to the
 * handle, whose being dropped ends it. Thread-safe.
 *
 * <p>What fits into one answer is no file: to open that would cost more than to send it.
 */
final class Publication {
    private static final System.Logger LOG = System.getLogger("io.loky.broadcast");

    private final UUID id;
    private final byte[] head;
    private final long length;

    /** For the collector only: the class loaders of the value, and the broadcasts in it. */
    @SuppressWarnings("UnusedVariable")
    private final Object keep;

    /** Null where the bytes are in the heap. */
    private final @Nullable SharedFile file;

    // Guarded by this.
    private @Nullable SharedBytes bytes;
    private boolean over;
    private final Set<BroadcastDesk> readers = new HashSet<>();

    private Publication(
            UUID id, SharedValue value, @Nullable SharedFile file, @Nullable SharedBytes bytes, Object keep) {
        this.id = id;
        this.head = value.head();
        this.length = value.bytes().length();
        this.file = file;
        this.bytes = bytes;
        this.keep = keep;
    }

    /** Takes the snapshot. */
    static Publication of(UUID id, SharedValue value, Object keep) {
        SharedFile file = value.bytes().length() <= BroadcastAnswer.SLICE ? null : file(id, value.bytes());
        return new Publication(id, value, file, file == null ? value.bytes().snapshot() : null, keep);
    }

    /** Null where there is no room: it will go over the channel. */
    private static @Nullable SharedFile file(UUID id, SharedBytes bytes) {
        try {
            return SharedFile.write(out -> {
                out.write(SharedContent.mark(id));
                write(bytes, out);
            });
        } catch (IOException | RuntimeException e) { // the latter where the directory has a name that none may have
            LOG.log(
                    Level.INFO,
                    () -> "a broadcast of " + bytes.length()
                            + " bytes goes to each worker over its channel, since it cannot"
                            + " be put into shared memory (" + e + ")");
            return null;
        }
    }

    private static void write(SharedBytes bytes, OutputStream out) throws IOException {
        byte[] step = new byte[SharedContent.STEP];
        for (long at = 0; at < bytes.length(); at += step.length) {
            int now = (int) Math.min(step.length, bytes.length() - at);
            bytes.copy(at, step, now);
            out.write(step, 0, now);
        }
    }

    /**
     * The answer to a worker that wants the bytes from there on.
     *
     * @param reader is told when it is over
     * @return null if it is
     * @throws IOException if the file cannot be read
     */
    @Nullable
    BroadcastAnswer answer(long offset, boolean mayBeFile, BroadcastDesk reader) throws IOException {
        SharedBytes source;
        synchronized (this) {
            if (over) {
                return null;
            }
            readers.add(reader);
            source = bytes;
        }
        if (offset < 0 || offset > length || offset % Long.BYTES != 0) {
            return BroadcastAnswer.refused("there is no byte " + offset + " in a value of " + length);
        }
        byte[] first = offset == 0 ? head : null;
        if (mayBeFile && file != null) {
            return new BroadcastAnswer(null, first, length, file.path().toString(), null);
        }
        byte[] slice = new byte[(int) Math.min(BroadcastAnswer.SLICE, length - offset)];
        if (source != null) {
            source.copy(offset, slice, slice.length);
        } else if (file != null && !read(file, offset, slice)) {
            return null;
        }
        return new BroadcastAnswer(null, first, length, null, slice);
    }

    /** False if it is over meanwhile. */
    private boolean read(SharedFile from, long offset, byte[] slice) throws IOException {
        try {
            SharedContent.read(from.path(), id, offset, slice);
            return true;
        } catch (IOException e) {
            if (isOver()) {
                return false;
            }
            throw e;
        }
    }

    private synchronized boolean isOver() {
        return over;
    }

    /** The worker is gone. */
    synchronized void left(BroadcastDesk reader) {
        readers.remove(reader);
    }

    /** Nobody gets it any more. May be called again. */
    void end() {
        Set<BroadcastDesk> told;
        synchronized (this) {
            over = true;
            bytes = null;
            told = Set.copyOf(readers);
            readers.clear();
        }
        if (file != null) {
            try {
                file.delete();
            } catch (IOException e) {
                LOG.log(Level.WARNING, "the file of a broadcast could not be deleted: " + file.path(), e);
            }
        }
        told.forEach(reader -> reader.forget(id));
    }

    @Override
    public String toString() {
        return "broadcast " + id + " of " + length + " bytes" + (file == null ? "" : " in " + file.path());
    }
}
