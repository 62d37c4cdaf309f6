/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.spi.TaskCodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * One call of a user's codec, behind streams that hold it to its contract. Whatever it does wrong becomes a {@link
 * CodecFailedException}: also what it did wrong and then did not report, since a frame with half a value in it, or a stream
 * that it goes on to use while the next message is in it, would harm others.
 */
final class CodecCall {
    private CodecCall() {}

    /**
     * @param own what the library itself would use, for what the codec leaves to it
     */
    static void write(TaskCodec codec, @Nullable Object value, OutputStream out, ObjectCodec own) throws IOException {
        LentOutput lent = new LentOutput(out);
        ObjectCodec before = ObjectCodec.bind(own);
        try {
            codec.write(value, lent);
        } catch (Throwable e) { // whatever the user's code throws, Errors included
            throw failed(codec, " failed to write " + kind(value) + ": ", e);
        } finally {
            ObjectCodec.unbind(before);
            lent.takeBack();
        }
        IOException unreported = lent.failure();
        if (unreported != null) {
            throw failed(codec, " failed to write " + kind(value) + ": ", unreported);
        }
    }

    static @Nullable Object read(TaskCodec codec, byte[] bytes, int offset, ObjectCodec own) throws IOException {
        LentInput lent = new LentInput(new ByteArrayInputStream(bytes, offset, bytes.length - offset));
        ObjectCodec before = ObjectCodec.bind(own);
        Object value;
        try {
            value = codec.read(lent, own.names().loader());
        } catch (Throwable e) { // whatever the user's code throws, Errors included
            throw failed(codec, " failed to read a value of " + (bytes.length - offset) + " bytes: ", e);
        } finally {
            ObjectCodec.unbind(before);
            lent.takeBack();
        }
        IOException unreported = lent.failure();
        if (unreported != null) {
            throw failed(codec, " failed to read a value of " + (bytes.length - offset) + " bytes: ", unreported);
        }
        return value;
    }

    private static CodecFailedException failed(TaskCodec codec, String what, Throwable reason) {
        return new CodecFailedException("codec " + codec.getClass().getName() + what + SafeText.of(reason), reason);
    }

    private static String kind(@Nullable Object value) {
        return value == null ? "null" : "a " + value.getClass().getName();
    }

    private static final class LentOutput extends OutputStream {
        private final OutputStream out;
        private volatile boolean takenBack;
        private volatile @Nullable IOException failure;

        LentOutput(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            check();
            try {
                out.write(b);
            } catch (IOException e) {
                throw remembered(e);
            }
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            check();
            try {
                out.write(source, offset, length);
            } catch (IOException e) {
                throw remembered(e);
            }
        }

        @Override
        public void close() {
            if (!takenBack && failure == null) {
                failure = new IOException("it closed the stream, which is its caller's");
            }
        }

        private void check() throws IOException {
            if (takenBack) {
                throw new IOException("the stream was written to after the codec's write had returned");
            }
            IOException earlier = failure;
            if (earlier != null) {
                throw earlier;
            }
        }

        private IOException remembered(IOException e) {
            failure = e;
            return e;
        }

        void takeBack() {
            takenBack = true;
        }

        @Nullable
        IOException failure() {
            return failure;
        }
    }

    private static final class LentInput extends InputStream {
        private final ByteArrayInputStream in;
        private volatile boolean takenBack;
        private volatile boolean closed;

        LentInput(ByteArrayInputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            check();
            return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            check();
            return in.read(target, offset, length);
        }

        @Override
        public int available() {
            return takenBack ? 0 : in.available();
        }

        @Override
        public long skip(long bytes) throws IOException {
            check();
            return in.skip(bytes);
        }

        @Override
        public void close() {
            closed = true;
        }

        private void check() throws IOException {
            if (takenBack) {
                throw new IOException("the stream was read after the codec's read had returned");
            }
        }

        void takeBack() {
            takenBack = true;
        }

        @Nullable
        IOException failure() {
            if (closed) {
                return new IOException("it closed the stream, which is its caller's");
            }
            int unread = in.available();
            return unread == 0 ? null : new IOException("it left " + unread + " bytes unread");
        }
    }
}
