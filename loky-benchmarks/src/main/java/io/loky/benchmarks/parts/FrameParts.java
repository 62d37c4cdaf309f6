/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks.parts;

import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameReader;
import io.loky.internal.wire.FrameType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A frame: a payload of 64 bytes gets its header and is written, and is read from a stream. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FrameParts {

    private static final int PAYLOAD = 64;

    private final byte[] payload = new byte[PAYLOAD];
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private byte[] frame = {};

    /** Makes the frame that is read. */
    @Setup
    public void prepare() throws IOException {
        write();
        frame = out.toByteArray();
    }

    /** Payload to bytes on the wire. */
    @Benchmark
    public int write() throws IOException {
        out.reset();
        FrameBuffer buffer = FrameBuffer.take();
        buffer.write(payload, 0, PAYLOAD);
        EncodedFrame encoded = buffer.finish(FrameType.TASK, 1);
        encoded.writeTo(out);
        return out.size();
    }

    /** Bytes on the wire to a frame; the reader, which a channel keeps, is made anew. */
    @Benchmark
    public @Nullable Object read() throws IOException {
        return new FrameReader(new ByteArrayInputStream(frame)).read();
    }
}
