/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.Loky;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.ResultSerializationException;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.TaskSerializationException;
import io.loky.spi.TaskCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Codecs of users between real processes. */
class CodecTest {
    @RegisterExtension
    final Pools pools = new Pools();

    /** How often a codec was used in this JVM, whichever it is. */
    static final AtomicInteger WRITTEN = new AtomicInteger();

    static final AtomicInteger READ = new AtomicInteger();

    /** A point is not Serializable: only the codec knows how to send it. */
    record Point(int x, int y) {}

    /** Knows points, and leaves the rest to the library. */
    static class PointCodec implements TaskCodec {
        private static final long serialVersionUID = 1L;

        @Override
        public void write(Object value, OutputStream out) throws IOException {
            WRITTEN.incrementAndGet();
            if (value instanceof Point point) {
                out.write(new byte[] {'P', (byte) point.x(), (byte) point.y()});
            } else {
                out.write('?');
                Loky.ownCodec().write(value, out);
            }
        }

        @Override
        public Object read(InputStream in, ClassLoader loader) throws IOException, ClassNotFoundException {
            READ.incrementAndGet();
            return in.read() == 'P'
                    ? new Point(in.read(), in.read())
                    : Loky.ownCodec().read(in, loader);
        }
    }

    private ProcessPoolExecutor pool(TaskCodec codec) {
        return pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .idleTimeout(Duration.ofHours(1))
                .codec(codec)
                .build());
    }

    /** Argument and result go through it, in both directions; the lambda does not. */
    @Test
    void codec_ofThePool_carriesArgumentsAndResults() throws Exception {
        ProcessPoolExecutor pool = pool(new PointCodec());

        Point result = Await.result(pool.submitWith(p -> new Point(p.y(), p.x()), new Point(1, 2)));

        assertThat(result).isEqualTo(new Point(2, 1));
        assertThat(pool.options().codec()).containsInstanceOf(PointCodec.class);
        assertThat(Await.result(pool.submit(() -> READ.get())))
                .as("arguments that the worker has read")
                .isEqualTo(1);
        assertThat(Await.result(pool.submit(() -> new Point(3, 4)))).isEqualTo(new Point(3, 4));
        assertThat(Await.<Object>result(pool.submitWith(p -> p, null))).isNull();
        assertThat(pool.map(p -> new Point(p.x(), 9), List.of(new Point(1, 0), new Point(2, 0))))
                .containsExactly(new Point(1, 9), new Point(2, 9));
        Pools.assertServes(pool);
    }

    /** A codec of one task, beside others of the same pool that travel as ever. */
    @Test
    void codec_ofOneTask_isForThatTask() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskCodec codec = new PointCodec();
        int before = READ.get();

        TaskFuture<Point> future =
                pool.submit(() -> new Point(5, 6), TaskOptions.named("point").codec(codec));

        assertThat(Await.result(future)).isEqualTo(new Point(5, 6));
        assertThat(READ).as("results that this JVM has read").hasValue(before + 1);
        assertThat(Await.result(pool.submit(() -> WRITTEN.get()))).isEqualTo(1);
        assertThat(READ).hasValue(before + 1);
    }

    /** A task may turn its back on the codec of its pool. */
    @Test
    void ownCodec_ofOneTask_replacesThatOfThePool() throws Exception {
        ProcessPoolExecutor pool = pool(new FaultyCodec(Fault.WRITE_THROWS));

        assertThat(Await.result(pool.submit(() -> "fine", TaskOptions.defaults().codec(Loky.ownCodec()))))
                .isEqualTo("fine");
    }

    /** A worker makes a codec once and keeps it, with what it has cached. */
    @Test
    void codec_ofManyTasks_isDecodedOncePerWorker() throws Exception {
        ProcessPoolExecutor pool = pool(new CountingCodec());
        int calls = 0;

        for (int i = 0; i < 5; i++) {
            calls = Await.result(pool.submitWith(x -> x, "x")).length();
        }

        // result "x" padded by the number of values that this very instance has written in the worker
        assertThat(calls).isEqualTo(1 + 4);
    }

    static final class CountingCodec implements TaskCodec {
        private static final long serialVersionUID = 1L;
        private final AtomicInteger written = new AtomicInteger();

        @Override
        public void write(Object value, OutputStream out) throws IOException {
            boolean worker =
                    value instanceof String && ProcessHandle.current().parent().isPresent() && INSIDE;
            Loky.ownCodec().write(worker ? value + ".".repeat(written.getAndIncrement()) : value, out);
        }

        @Override
        public Object read(InputStream in, ClassLoader loader) throws IOException, ClassNotFoundException {
            return Loky.ownCodec().read(in, loader);
        }
    }

    /** Whether this JVM is a worker. */
    private static final boolean INSIDE = System.getenv("LOKY_DEPTH") != null;

    /** One codec around another. */
    @Test
    void codec_aroundTheLibrarysOwn_compresses() throws Exception {
        ProcessPoolExecutor pool = pool(new DeflatingCodec());
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            numbers.add(i);
        }

        assertThat(Await.<Object>result(pool.submitWith(list -> new ArrayList<>(list.subList(0, 5000)), numbers)))
                .isEqualTo(numbers.subList(0, 5000));
    }

    static final class DeflatingCodec implements TaskCodec {
        private static final long serialVersionUID = 1L;

        @Override
        public void write(Object value, OutputStream out) throws IOException {
            DeflaterOutputStream deflater = new DeflaterOutputStream(out);
            Loky.ownCodec().write(value, deflater);
            deflater.finish();
        }

        @Override
        public Object read(InputStream in, ClassLoader loader) throws IOException, ClassNotFoundException {
            return Loky.ownCodec().read(new InflaterInputStream(in), loader);
        }
    }

    /** Exceptions keep the library's own way, stacks and all. */
    @Test
    void exception_underACodec_comesAsEver() throws Exception {
        ProcessPoolExecutor pool = pool(new FaultyCodec(Fault.READ_THROWS));

        Throwable failure = Pools.failure(pool.submit(() -> {
            throw new IllegalStateException("from the task");
        }));

        assertThat(failure).isExactlyInstanceOf(IllegalStateException.class).hasMessage("from the task");
    }

    enum Fault {
        WRITE_THROWS,
        WRITE_THROWS_ERROR,
        WRITE_OVERFLOWS_THE_STACK,
        WRITE_CLOSES,
        WRITE_ENDLESSLY,
        READ_THROWS,
        READ_THROWS_ERROR,
        READ_TOO_LITTLE,
        READ_CLOSES
    }

    /** Does right what is not named, in the JVM that is named. */
    static class FaultyCodec implements TaskCodec {
        private static final long serialVersionUID = 1L;
        private final Fault fault;

        FaultyCodec(Fault fault) {
            this.fault = fault;
        }

        @Override
        public void write(Object value, OutputStream out) throws IOException {
            if (isFaulty(value)) {
                switch (fault) {
                    case WRITE_THROWS -> throw new IllegalStateException("cannot write");
                    case WRITE_THROWS_ERROR -> throw new LinkageError("cannot write");
                    case WRITE_OVERFLOWS_THE_STACK -> write(value, out, 0);
                    case WRITE_CLOSES -> out.close();
                    case WRITE_ENDLESSLY -> {
                        byte[] block = new byte[1 << 24];
                        while (true) {
                            out.write(block);
                        }
                    }
                    default -> {}
                }
            }
            Loky.ownCodec().write(value, out);
        }

        private static int write(Object value, OutputStream out, int depth) {
            return depth < 0 ? 0 : write(value, out, depth + 1) + 1;
        }

        @Override
        public Object read(InputStream in, ClassLoader loader) throws IOException, ClassNotFoundException {
            switch (fault) {
                case READ_THROWS -> throw new IllegalStateException("cannot read");
                case READ_THROWS_ERROR -> throw new LinkageError("cannot read");
                case READ_TOO_LITTLE -> {
                    return in.read();
                }
                case READ_CLOSES -> in.close();
                default -> {}
            }
            return Loky.ownCodec().read(in, loader);
        }

        /** So that a fault can be in one direction. */
        boolean isFaulty(Object value) {
            return true;
        }
    }

    /** Writes wrongly in the worker only. */
    static final class FaultyInWorker extends FaultyCodec {
        private static final long serialVersionUID = 1L;

        FaultyInWorker(Fault fault) {
            super(fault);
        }

        @Override
        boolean isFaulty(Object value) {
            return INSIDE;
        }
    }

    /** With the argument: in the parent if it is about writing, in the worker if it is about reading. */
    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"WRITE_ENDLESSLY"},
            mode = EnumSource.Mode.EXCLUDE)
    void fault_withTheArgument_failsThatFutureNamingTheCodec(Fault fault) throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Pools.assertServes(pool);
        long worker = Pools.pids(pool).iterator().next();

        ProcessPoolExecutor faulty = pool(new FaultyCodec(fault));
        Throwable failure = Pools.failure(faulty.submitWith(x -> x, "argument"));

        assertThat(failure)
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasMessageContaining(FaultyCodec.class.getName());
        assertThat(Pools.pids(pool)).containsExactly(worker);
    }

    /** With the result: in the worker if it is about writing, in the parent if it is about reading. */
    @ParameterizedTest
    @EnumSource(Fault.class)
    void fault_withTheResult_failsThatFutureAndNoOther(Fault fault) throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .maxHeap("64m")
                .idleTimeout(Duration.ofHours(1))
                .build());
        Pools.assertServes(pool);
        long worker = Pools.pids(pool).iterator().next();
        boolean writing = fault.name().startsWith("WRITE");

        Throwable failure = Pools.failure(pool.submit(
                () -> "result",
                TaskOptions.defaults().codec(writing ? new FaultyInWorker(fault) : new FaultyCodec(fault))));

        assertThat(failure)
                .isExactlyInstanceOf(ResultSerializationException.class)
                .hasMessageContaining(writing ? FaultyInWorker.class.getName() : FaultyCodec.class.getName());
        if (fault == Fault.WRITE_ENDLESSLY) { // until the worker had no memory left
            Pools.assertServes(pool);
            // Its successor serves before the process is gone.
            Await.until("it is replaced", () -> !Pools.pids(pool).contains(worker));
        } else {
            assertThat(Pools.pids(pool)).as("the worker goes on").containsExactly(worker);
            Pools.assertServes(pool);
        }
    }

    /** What a codec kept of one value it cannot put into the next. */
    @Test
    void codec_thatKeepsTheStream_harmsOnlyItself() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskCodec codec = new KeepingCodec();

        assertThat(Await.result(
                        pool.submit(() -> "first", TaskOptions.defaults().codec(codec))))
                .isEqualTo("first");
        Throwable failure =
                Pools.failure(pool.submit(() -> "second", TaskOptions.defaults().codec(codec)));

        assertThat(failure)
                .isExactlyInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("after the codec's write had returned");
        assertThat(Await.result(pool.submit(() -> "third"))).isEqualTo("third");
    }

    static final class KeepingCodec implements TaskCodec {
        private static final long serialVersionUID = 1L;
        private transient OutputStream kept;

        @Override
        public void write(Object value, OutputStream out) throws IOException {
            if (kept != null) {
                kept.write(1);
            }
            kept = out;
            Loky.ownCodec().write(value, out);
        }

        @Override
        public Object read(InputStream in, ClassLoader loader) throws IOException, ClassNotFoundException {
            return Loky.ownCodec().read(in, loader);
        }
    }

    /** One that cannot travel itself says so at each task, and names itself. */
    @Test
    void codec_notSerializable_isNamed() throws Exception {
        ProcessPoolExecutor pool = pool(new UnsendableCodec());

        Throwable failure = Pools.failure(pool.submit(() -> 1));

        assertThat(failure)
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasMessageContaining(UnsendableCodec.class.getName())
                .hasMessageContaining("java.lang.Thread");
    }

    static final class UnsendableCodec extends PointCodec {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings({"serial", "UnusedVariable"})
        private final Object thread = Thread.currentThread();
    }

    /** Codecs are the same that are the same once they are sent. */
    @Test
    void reusableExecutor_withTheSameCodec_isShared() {
        TaskCodec codec = new PointCodec();
        ProcessPoolOptions.Builder options = ProcessPoolOptions.builder().maxWorkers(1);
        ProcessPoolExecutor first =
                pools.closed(Loky.getReusableExecutor(options.codec(codec).build()));
        ProcessPoolExecutor same =
                pools.closed(Loky.getReusableExecutor(options.codec(codec).build()));
        ProcessPoolExecutor equal = pools.closed(
                Loky.getReusableExecutor(options.codec(new PointCodec()).build()));
        ProcessPoolExecutor other = pools.closed(Loky.getReusableExecutor(
                options.codec(new FaultyCodec(Fault.READ_THROWS)).build()));

        assertThat(same).isSameAs(first);
        assertThat(equal).isSameAs(first);
        assertThat(other).isNotSameAs(first);
    }
}
