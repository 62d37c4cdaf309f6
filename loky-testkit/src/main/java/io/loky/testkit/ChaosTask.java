/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.SerializableCallable;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One task of a chaos run. What it does follows from its number and its seed alone. */
final class ChaosTask implements SerializableCallable<Object> {
    private static final long serialVersionUID = 1L;
    /** Twice the size from which on data travels beside its message: payloads of both kinds come. */
    private static final int LARGEST_PAYLOAD = 128 << 10;

    private static final int LONGEST_WORK_MICROS = 5_000;
    private static final long FLOOD_BYTES = 1 << 20;

    /** From 113 on they are taken: by the ends of workers that cannot go on, and from 128 on by signals. */
    private static final int CODES = 100;

    private final TaskKind kind;
    private final long number;

    /** What the result is made from: most often empty, and the result is then a number. */
    private final byte[] payload;

    private final int workMicros;
    private final @Nullable SerializableCallable<?> fault;

    ChaosTask(TaskKind kind, long number, SplittableRandom random) {
        this.kind = kind;
        this.number = number;
        this.payload = new byte[random.nextInt(16) == 0 ? random.nextInt(LARGEST_PAYLOAD) : 0];
        random.nextBytes(payload);
        this.workMicros = random.nextInt(8) == 0 ? random.nextInt(LONGEST_WORK_MICROS) : 0;
        this.fault = fault(kind, number);
    }

    private static @Nullable SerializableCallable<?> fault(TaskKind kind, long number) {
        return switch (kind) {
            case WELL_BEHAVED -> null;
            case EXCEPTION ->
                () -> {
                    throw new IllegalStateException(message(number));
                };
            case UNSERIALIZABLE_RESULT -> Faults.unserializableResult();
            case STACK_OVERFLOW -> callable(Faults.stackOverflow());
            case OUT_OF_MEMORY -> callable(Faults.heapExhaustion());
            case OUTPUT_FLOOD -> Faults.floodDescriptors(FLOOD_BYTES);
            case HANG -> callable(Faults.sleepIgnoringInterrupts());
            case EXIT -> callable(Faults.exit(code(number)));
            case HALT -> callable(Faults.halt(code(number)));
            case ABORT -> callable(Faults.abort());
            case SEGMENTATION_FAULT -> callable(Faults.segmentationFault());
        };
    }

    private static SerializableCallable<Boolean> callable(io.loky.SerializableRunnable fault) {
        return () -> {
            fault.runChecked();
            return true;
        };
    }

    TaskKind kind() {
        return kind;
    }

    long number() {
        return number;
    }

    /** The message of the exception of a task with this number. */
    static String message(long number) {
        return "chaos task " + number + " throws, as it was told to";
    }

    /** The exit code of a task with this number. */
    static int code(long number) {
        return (int) (number % CODES);
    }

    @Override
    public @Nullable Object call() throws Exception {
        long end = System.nanoTime() + workMicros * 1000L;
        for (long left = workMicros * 1000L; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        Object result = fault == null ? null : fault.call();
        return kind == TaskKind.UNSERIALIZABLE_RESULT ? result : expected();
    }

    /** What the result has to be. */
    Object expected() {
        if (payload.length == 0) {
            return ~number;
        }
        byte[] result = new byte[payload.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) (payload[i] + number);
        }
        return result;
    }

    boolean isExpected(@Nullable Object result) {
        return payload.length == 0
                ? expected().equals(result)
                : result instanceof byte[] bytes && Arrays.equals((byte[]) expected(), bytes);
    }

    @Override
    public String toString() {
        return kind + " #" + number;
    }
}
