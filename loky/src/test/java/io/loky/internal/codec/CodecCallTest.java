/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.loky.Loky;
import io.loky.SerializableFunction;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.Sections;
import io.loky.spi.TaskCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StreamCorruptedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A user's codec between two sides in one JVM. */
class CodecCallTest {
    private static final ClassNames NAMES = ClassNames.of(CodecCallTest.class.getClassLoader());

    /** Of the codec that was last used; a codec that travels is another instance. */
    private static final AtomicReference<Object> KEPT = new AtomicReference<>();

    private static final AtomicInteger READ_BACK = new AtomicInteger();

    interface Writing {
        void write(Object value, OutputStream out) throws IOException;
    }

    interface Reading {
        Object read(InputStream in, ClassLoader loader) throws IOException, ClassNotFoundException;
    }

    private static TaskCodec codec(Writing writing, Reading reading) {
        return new TaskCodec() {
            private static final long serialVersionUID = 1L;

            @Override
            public void write(Object value, OutputStream out) throws IOException {
                writing.write(value, out);
            }

            @Override
            public Object read(InputStream in, ClassLoader loader) throws IOException, ClassNotFoundException {
                return reading.read(in, loader);
            }
        };
    }

    private static void writeText(Object value, OutputStream out) throws IOException {
        out.write(String.valueOf(value).getBytes(StandardCharsets.UTF_8));
    }

    private static String readText(InputStream in, ClassLoader loader) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static ObjectCodec with(TaskCodec codec) {
        return new ObjectCodec(NAMES, Dialect.of(codec, Map.of()), null);
    }

    private static byte[] bytes(ObjectCodec codec, Object value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        codec.write(value, out);
        return out.toByteArray();
    }

    @Test
    void value_ofEveryKind_goesThroughTheCodec() throws Exception {
        ObjectCodec codec = with(codec(CodecCallTest::writeText, CodecCallTest::readText));

        for (Object value : new Object[] {null, 1, "text", true, List.of("a")}) {
            byte[] bytes = bytes(codec, value);

            assertThat(codec.read(bytes)).isEqualTo(String.valueOf(value));
            assertThat(ObjectCodec.isBare(bytes)).as("runs code of the user's").isFalse();
        }
    }

    @Test
    void read_ofTheTask_getsItsLoader() throws Exception {
        ObjectCodec codec = with(codec((value, out) -> out.write(1), (in, loader) -> {
            in.readAllBytes();
            return loader;
        }));

        assertThat(codec.read(bytes(codec, "x"))).isSameAs(CodecCallTest.class.getClassLoader());
    }

    /** Whatever it throws, the message names the codec's class. */
    @Test
    void codec_throwsAnything_isNamed() throws Exception {
        List<Throwable> all = List.of(
                new IOException("broken"),
                new IllegalStateException("broken"),
                new StackOverflowError("broken"),
                new AssertionError("broken"));
        for (Throwable thrown : all) {
            ObjectCodec writer = with(codec((value, out) -> throwIt(thrown), CodecCallTest::readText));
            ObjectCodec reader = with(codec(CodecCallTest::writeText, (in, loader) -> throwIt(thrown)));

            assertThatExceptionOfType(CodecFailedException.class)
                    .isThrownBy(() -> bytes(writer, "x"))
                    .withMessageMatching("codec \\S+CodecCallTest\\S+ failed to write a java.lang.String: .*broken")
                    .withCause(thrown);
            assertThatExceptionOfType(CodecFailedException.class)
                    .isThrownBy(() -> reader.read(bytes(reader, "x")))
                    .withMessageMatching("codec \\S+CodecCallTest\\S+ failed to read a value of 1 bytes: .*broken")
                    .withCause(thrown);
        }
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> Object throwIt(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Test
    void codec_closesTheStream_isRefused() {
        ObjectCodec writer = with(codec((value, out) -> out.close(), CodecCallTest::readText));
        ObjectCodec reader = with(codec(CodecCallTest::writeText, (in, loader) -> {
            in.readAllBytes();
            in.close();
            return 1;
        }));

        assertThatExceptionOfType(CodecFailedException.class)
                .isThrownBy(() -> bytes(writer, null))
                .withMessageContaining("failed to write null")
                .withMessageContaining("it closed the stream");
        assertThatExceptionOfType(CodecFailedException.class)
                .isThrownBy(() -> reader.read(bytes(reader, "x")))
                .withMessageContaining("it closed the stream");
    }

    @Test
    void codec_writesAfterClosing_isRefused() {
        ObjectCodec writer = with(codec(
                (value, out) -> {
                    out.close();
                    out.write(1);
                },
                CodecCallTest::readText));

        assertThatExceptionOfType(CodecFailedException.class)
                .isThrownBy(() -> bytes(writer, "x"))
                .withMessageContaining("it closed the stream");
    }

    @Test
    void codec_readsTooLittle_isRefused() {
        ObjectCodec codec = with(codec(CodecCallTest::writeText, (in, loader) -> in.read()));

        assertThatExceptionOfType(CodecFailedException.class)
                .isThrownBy(() -> codec.read(bytes(codec, "four")))
                .withMessageContaining("it left 3 bytes unread");
    }

    /** Half a value must not be sent because the codec thought nothing of it. */
    @Test
    void codec_swallowsAFailureOfTheStream_isRefused() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("full");
            }
        };
        ObjectCodec writer = with(codec(
                (value, out) -> {
                    try {
                        out.write(new byte[10]);
                    } catch (IOException e) {
                        // as a careless codec may
                    }
                    out.flush();
                },
                CodecCallTest::readText));
        OutputStream tagOnly = new OutputStream() {
            private boolean tagged;

            @Override
            public void write(int b) throws IOException {
                if (tagged) {
                    full.write(b);
                }
                tagged = true;
            }
        };

        assertThatExceptionOfType(CodecFailedException.class)
                .isThrownBy(() -> writer.write("x", tagOnly))
                .withMessageContaining("full");
    }

    /** What it keeps leads nowhere: the bytes of the next message are not its own. */
    @Test
    void codec_keepsTheStream_writesAndReadsNothingMore() throws Exception {
        ObjectCodec writer = with(codec(
                (value, out) -> {
                    out.write(7);
                    KEPT.set(out);
                },
                (in, loader) -> {
                    KEPT.set(in);
                    return in.read();
                }));
        FrameBuffer buffer = FrameBuffer.take();
        writer.write("x", buffer);

        assertThatIOException()
                .isThrownBy(() -> ((OutputStream) KEPT.get()).write(1))
                .withMessageContaining("after the codec's write had returned");
        assertThat(writer.read(new byte[] {9, 7})).isEqualTo(7);
        assertThatIOException()
                .isThrownBy(() -> ((InputStream) KEPT.get()).read())
                .withMessageContaining("after the codec's read had returned");
    }

    @Test
    void value_ofACodecThatIsNotThere_isCorrupt() throws Exception {
        byte[] bytes = bytes(with(codec(CodecCallTest::writeText, CodecCallTest::readText)), "x");

        assertThatExceptionOfType(StreamCorruptedException.class)
                .isThrownBy(() -> new ObjectCodec(NAMES).read(bytes))
                .withMessageContaining("no codec was given");
    }

    /** A codec may leave to the library what it likes, without end in itself. */
    @Test
    void ownCodec_insideAnother_isTheLibrarysOwnWay() throws Exception {
        ObjectCodec codec = with(codec(
                (value, out) -> {
                    out.write('>');
                    Loky.ownCodec().write(value, out);
                },
                (in, loader) -> {
                    assertThat(in.read()).isEqualTo('>');
                    return Loky.ownCodec().read(in, loader);
                }));

        assertThat(codec.read(bytes(codec, List.of(1, 2)))).isEqualTo(List.of(1, 2));
        assertThat(codec.read(bytes(codec, null))).isNull();
    }

    @Test
    void ownCodec_outsideOfAllPools_worksToo() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Loky.ownCodec().write(List.of("x"), out);

        Object copy =
                Loky.ownCodec().read(new ByteArrayInputStream(out.toByteArray()), CodecCallTest.class.getClassLoader());

        assertThat(copy).isEqualTo(List.of("x"));
    }

    /** Function by the library, argument by the codec, which travels in front and is decoded once. */
    @Test
    void task_withACodec_bringsItAlong() throws Exception {
        READ_BACK.set(0);
        ObjectCodec parent = with(new CountedCodec());
        SerializableFunction<String, Integer> function = String::length;
        DecodedDialects known = new DecodedDialects();
        for (int i = 0; i < 3; i++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            TaskCall.of(function, "four").write(parent, out);

            TaskCall.Received received =
                    TaskCall.read(new ObjectCodec(NAMES), known, out.toByteArray(), 0, Sections.NONE);
            Object result = received.call().call();

            assertThat(result).isEqualTo(4);
            assertThat(parent.read(bytes(received.codec(), result))).isEqualTo("4");
        }
        assertThat(READ_BACK).hasValue(1);
    }

    @Test
    void codecs_moreThanAWorkerKeeps_areDecodedAgain() throws Exception {
        DecodedDialects known = new DecodedDialects();
        Function<String, byte[]> encoded = name -> {
            try {
                return Dialect.of(new NamedCodec(name), Map.of()).encoded(NAMES);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
        Dialect first = known.get(encoded.apply("0"), NAMES);
        assertThat(known.get(encoded.apply("0"), NAMES)).isSameAs(first);

        for (int i = 1; i <= 16; i++) {
            known.get(encoded.apply(Integer.toString(i)), NAMES);
        }

        assertThat(known.get(encoded.apply("0"), NAMES)).isNotSameAs(first);
    }

    @Test
    void codec_notSerializable_isNamed() {
        TaskCodec captured = new Unsendable();
        SerializableFunction<String, Integer> function = String::length;

        assertThatExceptionOfType(CodecFailedException.class)
                .isThrownBy(() -> TaskCall.of(function, "x").write(with(captured), new ByteArrayOutputStream()))
                .withMessageMatching("codec \\S+CodecCallTest\\S+ cannot be sent to the worker: .*");
    }

    @Test
    void dialects_ofTheSameInstance_areTheSame() {
        TaskCodec ofPool = new NamedCodec("pool");
        TaskCodec ofTask = new NamedCodec("task");
        Dialects dialects = new Dialects(Dialect.of(ofPool, Map.of()));

        Dialect pool = dialects.of(null);
        Dialect task = dialects.of(ofTask);

        assertThat(dialects.of(ofPool)).isSameAs(pool);
        assertThat(dialects.of(ofTask)).isSameAs(task).isNotSameAs(pool);
        assertThat(task.codec()).isSameAs(ofTask);
        for (int i = 0; i < 16; i++) {
            dialects.of(new NamedCodec("other"));
        }
        assertThat(dialects.of(ofTask)).as("made again after 16 others").isNotSameAs(task);
    }

    private static class TextCodec implements TaskCodec {
        private static final long serialVersionUID = 1L;

        @Override
        public void write(Object value, OutputStream out) throws IOException {
            writeText(value, out);
        }

        @Override
        public Object read(InputStream in, ClassLoader loader) throws IOException {
            return readText(in, loader);
        }
    }

    private static final class CountedCodec extends TextCodec {
        private static final long serialVersionUID = 1L;

        private Object readResolve() {
            READ_BACK.incrementAndGet();
            return this;
        }
    }

    private static final class NamedCodec extends TextCodec {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("UnusedVariable") // makes its bytes different
        private final String name;

        NamedCodec(String name) {
            this.name = name;
        }
    }

    /** Belongs to its process by what it holds. */
    private static final class Unsendable extends TextCodec {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial") // that is the point
        private final Object owner = Thread.currentThread();

        @Override
        public String toString() {
            return "of " + owner;
        }
    }
}
