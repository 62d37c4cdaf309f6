/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks.parts;

import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.DecodedDialects;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.wire.Sections;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Encode and decode: a lambda with a number and a text becomes bytes, and is made of them again. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecParts {

    private final ObjectCodec codec = new ObjectCodec(ClassNames.of(CodecParts.class.getClassLoader()));
    private final DecodedDialects dialects = new DecodedDialects();
    private Callable<Integer> task = () -> 0;
    private byte[] bytes = {};

    /** Makes the task and its bytes. */
    @Setup
    public void prepare() throws IOException {
        int number = 7;
        String text = "seven";
        task = () -> number + text.length();
        bytes = encode();
    }

    /** A task becomes bytes. */
    @Benchmark
    public byte[] encode() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TaskCall.of(task).write(codec, out);
        return out.toByteArray();
    }

    /** Bytes become a task that can be called. */
    @Benchmark
    public Object decode() throws Exception {
        return TaskCall.read(codec, dialects, bytes, 0, Sections.NONE);
    }
}
