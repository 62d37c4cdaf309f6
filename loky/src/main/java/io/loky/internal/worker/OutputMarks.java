/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.internal.wire.OutputMark;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * Tells the parent, in the stream that the output goes through, where that of a task begins and ends. Nothing is written if
 * the parent does not ask for it.
 */
final class OutputMarks {
    private static final File DESCRIPTOR = new File("/dev/fd/2");

    private final OutputMark mark;

    /** Null where nothing is written, or cannot be any more. */
    private @Nullable OutputStream out;

    OutputMarks(OutputMark mark) throws IOException {
        this.mark = mark;
        this.out = mark.isOff() ? null : open();
    }

    /**
     * The same pipe by another descriptor: a task that closes {@code System.err} closes the one that belongs to it. Where there
     * is no such file (Windows) tasks are told apart until one does. Appending, for should a command prefix have put a file
     * there that is not to be emptied.
     */
    private static OutputStream open() throws IOException {
        return DESCRIPTOR.exists() ? new FileOutputStream(DESCRIPTOR, true) : new FileOutputStream(FileDescriptor.err);
    }

    void begin(long taskId) {
        if (out != null) {
            flush(System.out);
            flush(System.err);
            write(mark.begin(taskId));
        }
    }

    void end(long taskId) {
        if (out != null) {
            flush(System.out);
            flush(System.err);
            write(mark.end(taskId));
        }
    }

    /** A task may have put a stream of its own there, with a buffer. */
    @SuppressWarnings("EmptyCatch")
    private static void flush(PrintStream stream) {
        try {
            stream.flush();
        } catch (Throwable e) {
            // The user's stream, which fails where its user can see it, too: this is no place to tell of it.
        }
    }

    @SuppressWarnings("EmptyCatch")
    private void write(byte[] bytes) {
        try {
            if (out != null) {
                out.write(bytes);
            }
        } catch (IOException e) {
            out = null; // The parent is gone, or the descriptor; the parent does without.
        }
    }
}
