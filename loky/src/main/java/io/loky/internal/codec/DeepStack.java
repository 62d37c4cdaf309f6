/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.wire.FrameBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A second attempt for graphs that are deeper than the stack. An object stream calls itself for each reference that it
 * follows, so a list of some thousand nodes that are linked by hand exhausts an ordinary stack. Threads with the stack
 * for all would cost every process address space; so a thread for one attempt gets a big one, where a small one was not
 * enough. The memory behind it is taken as it is used, and goes with the thread.
 */
final class DeepStack {
    private static final long STACK_BYTES = 512L << 20;

    private DeepStack() {}

    /** Reads or writes something, from the beginning. */
    interface Attempt<T> {
        @Nullable
        T run() throws IOException, ClassNotFoundException;
    }

    /** Makes the attempt here, and if the stack is too small for it, on a big one. */
    static <T> @Nullable T attempt(Attempt<T> attempt) throws IOException, ClassNotFoundException {
        try {
            return attempt.run();
        } catch (StackOverflowError e) {
            return retry(e, attempt);
        }
    }

    /** Writes something, from the beginning. */
    interface Writing {
        void to(OutputStream out) throws IOException;
    }

    /** Writes here, and if the stack is too small for it, on a big one. What the first attempt wrote is taken back. */
    static void write(OutputStream out, Writing writing) throws IOException {
        if (out instanceof FrameBuffer buffer) {
            int start = buffer.size();
            write(buffer, writing, () -> buffer.truncate(start));
        } else {
            ByteArrayOutputStream memory = new ByteArrayOutputStream(); // nothing else could be taken back
            write(memory, writing, memory::reset);
            memory.writeTo(out);
        }
    }

    private static void write(OutputStream out, Writing writing, Runnable takeBack) throws IOException {
        try {
            writing.to(out);
        } catch (StackOverflowError e) {
            takeBack.run();
            try {
                Object unused = retry(e, () -> {
                    writing.to(out);
                    return null;
                });
            } catch (ClassNotFoundException impossible) {
                throw new IllegalStateException(impossible); // nothing is read
            }
        }
    }

    /**
     * Makes the attempt anew, on a thread with a big stack.
     *
     * @param overflow what the first attempt met
     * @throws StackOverflowError the given one, if a bigger stack would not help; or a new one
     */
    private static <T> @Nullable T retry(StackOverflowError overflow, Attempt<T> attempt)
            throws IOException, ClassNotFoundException {
        if (!isOfTheStream(overflow)) {
            throw overflow;
        }
        ObjectCodec bound = ObjectCodec.bound();
        FutureTask<T> task = new FutureTask<>(() -> {
            if (bound != null) {
                ObjectCodec unused = ObjectCodec.bind(bound); // this thread ends with the attempt
            }
            return attempt.run();
        });
        Thread thread = new Thread(null, task, Thread.currentThread().getName() + "-deep", STACK_BYTES);
        thread.setDaemon(true);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        try {
            thread.start();
        } catch (OutOfMemoryError e) { // no thread of this size to be had
            overflow.addSuppressed(e);
            throw overflow;
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true; // an object stream cannot be interrupted on any other thread either
                }
            }
        } catch (ExecutionException e) {
            throw asThrown(e.getCause(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Whether it was an object stream that called itself, or the reader of compact values, which does so some times only, but may
     * begin where little is left. Code of the user's that calls itself without end would do so on any stack.
     */
    private static boolean isOfTheStream(StackOverflowError overflow) {
        return Arrays.stream(overflow.getStackTrace())
                .anyMatch(frame -> frame.getClassName().startsWith("java.io.Object")
                        || frame.getClassName().equals(CompactReader.class.getName()));
    }

    private static RuntimeException asThrown(@Nullable Throwable thrown, ExecutionException wrapper)
            throws IOException, ClassNotFoundException {
        if (thrown instanceof IOException e) {
            throw e;
        }
        if (thrown instanceof ClassNotFoundException e) {
            throw e;
        }
        if (thrown instanceof Error e) {
            throw e;
        }
        return thrown instanceof RuntimeException e ? e : new IllegalStateException(wrapper);
    }
}
