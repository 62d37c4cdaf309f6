/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.map;

import io.loky.EndReason;
import io.loky.MapOptions;
import io.loky.SerializableFunction;
import io.loky.TaskSerializationException;
import io.loky.internal.codec.ChunkCall;
import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.DecodedDialects;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.TaskHeader;
import io.loky.internal.codec.ThrowableCodec;
import io.loky.internal.parent.crash.Death;
import io.loky.internal.parent.crash.Remains;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.output.TaskPrints;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.Rerun;
import io.loky.internal.parent.task.SubmitSite;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskOwner;
import io.loky.internal.parent.task.TaskState;
import io.loky.internal.wire.AnswerLog;
import io.loky.internal.wire.BeginMark;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.ItemAnswer;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a pool is to a map, without workers: the test answers. Keeps the pool's rule that one lock decides who wins. */
final class ChunkPool implements TaskOwner {
    private static final ObjectCodec CODEC = new ObjectCodec(ClassNames.of(ChunkPool.class.getClassLoader()));

    private final AtomicLong lastId = new AtomicLong();
    private final List<RemoteTask<?>> chunks = new ArrayList<>();
    private final List<List<Long>> given = new ArrayList<>();
    private final List<String> cancels = new ArrayList<>();
    private List<Integer> suspects = List.of();
    int workers = 1;

    /** How often an item is executed again. */
    int retries;

    /** From how many bytes on an array of an item is taken aside. */
    long large = FrameBuffer.NOTHING_ASIDE;

    /** How many more chunks it takes before it is full. */
    int room = Integer.MAX_VALUE;

    /** Whether it answers each chunk when it is given it: each item is its own result. */
    boolean echoes;

    /** How long it says then that each item took. */
    long nanosPerItem;

    <R> Stream<R> map(Iterable<?> items, MapOptions options) {
        return map(items, options, Task.UNLIMITED);
    }

    /** The function does not matter: the test says what its results are. */
    <R> Stream<R> map(Iterable<?> items, MapOptions options, long limitNanos) {
        MapHead head;
        try {
            FrameBuffer buffer = FrameBuffer.take();
            TaskHeader.write(1, List.of(), buffer);
            ChunkCall.writeHead(CODEC, (SerializableFunction<Object, Object>) item -> item, buffer);
            head = MapHead.of(buffer);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return ItemMap.stream(
                items,
                new MapPlan<Object>(
                        "sample",
                        limitNanos,
                        new Rerun(retries, null, null),
                        CODEC,
                        head,
                        large,
                        null,
                        new SubmitSite(),
                        this,
                        (subject, item, e) -> new TaskSerializationException(subject + " cannot be sent: " + item, e),
                        lastId::incrementAndGet,
                        id -> new TaskPrints(id, "sample", 0),
                        this::start,
                        () -> workers),
                options);
    }

    @Override
    public synchronized void start(RemoteTask<?> task) {
        if (room-- <= 0) {
            throw new RejectedExecutionException("full");
        }
        task.become(TaskState.SENT, "started by the test");
        chunks.add(task);
        given.add(indexes(task));
        if (echoes) {
            Object[] results = items(task).toArray();
            answer(task, results.length * nanosPerItem, results);
        }
    }

    @Override
    public boolean cancel(RemoteTask<?> task, boolean killWorker) {
        synchronized (this) {
            if (task.state().isTerminal()) {
                return false;
            }
            task.become(TaskState.CANCELLED, "cancelled by the test");
            cancels.add("#" + task.id() + (killWorker ? " kill" : ""));
        }
        task.cancelled();
        return true;
    }

    /** The cancellations that won, in order. */
    synchronized List<String> cancels() {
        return List.copyOf(cancels);
    }

    /** The chunks that were submitted, in order. */
    synchronized List<RemoteTask<?>> chunks() {
        return List.copyOf(chunks);
    }

    /** Where the items of each of them stood in the input. */
    synchronized List<List<Long>> given() {
        return List.copyOf(given);
    }

    /** What a worker that is given this chunk now finds in it. */
    static List<Integer> items(RemoteTask<?> chunk) {
        return items(chunk.frame());
    }

    private static List<Integer> items(@Nullable EncodedFrame frame) {
        return each(frame, (call, number) -> (Integer) call.item(number));
    }

    /** Where these stood in the input. */
    static List<Long> indexes(RemoteTask<?> chunk) {
        return each(chunk.frame(), ChunkCall::index);
    }

    /** The items that the worker which died last may have been executing then. */
    synchronized List<Integer> suspects() {
        return suspects;
    }

    private interface Part<T> {
        T of(ChunkCall call, int number) throws Exception;
    }

    private static <T> List<T> each(@Nullable EncodedFrame frame, Part<T> part) {
        Frame sent = Objects.requireNonNull(frame).toFrame();
        byte[] payload = sent.payload();
        try {
            ChunkCall call = ChunkCall.read(
                    CODEC,
                    new DecodedDialects(),
                    payload,
                    TaskHeader.read(payload).length(),
                    sent.sections());
            List<T> parts = new ArrayList<>();
            for (int i = 0; i < call.size(); i++) {
                parts.add(part.of(call, i));
            }
            return parts;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** All that there are now, and each one that comes later, at once. */
    void answerAllFromNowOn() {
        echoes = true;
        answerAll();
    }

    /** All of them at once: each item is its own result. */
    void answerAll() {
        for (RemoteTask<?> chunk : chunks()) {
            if (!chunk.state().isTerminal()) {
                answer(chunk, 0, items(chunk).toArray());
            }
        }
    }

    /** A worker is through with this chunk. These results are those that it has not sent before; a Throwable was thrown. */
    void answer(RemoteTask<?> chunk, long nanos, @Nullable Object... results) {
        synchronized (this) {
            if (chunk.state() != TaskState.SENT) {
                return;
            }
            chunk.become(TaskState.DONE, "answered by the test");
        }
        byte[] batch = batch(results);
        java.nio.ByteBuffer.wrap(batch).putLong(nanos);
        chunk.answer(new Frame(FrameType.VALUE, chunk.id(), batch, 0));
    }

    /** A worker sends these results, and goes on. */
    static void answerPartly(RemoteTask<?> chunk, int round, @Nullable Object... results) {
        chunk.partlyAnswered(new Frame(FrameType.PARTIAL, chunk.id(), batch(results), 0), round);
    }

    /**
     * The worker that has the chunk dies. Whether the chunk goes on.
     *
     * @param begun how many items of those that it was given it had begun
     * @param sent how many it had sent the answers to
     * @param unsent the results that it had noted
     */
    synchronized boolean die(RemoteTask<?> chunk, int begun, int sent, @Nullable Object... unsent) {
        byte[] batch = batch(unsent);
        return die(
                chunk,
                new AnswerLog.Reading(
                        chunk.id(), begun, sent, Arrays.copyOfRange(batch, ItemAnswer.FIRST, batch.length)));
    }

    synchronized boolean die(RemoteTask<?> chunk, AnswerLog.Reading log) {
        WorkerEnd end = new WorkerEnd(
                1,
                true,
                OptionalInt.of(137),
                Duration.ZERO,
                0,
                new BeginMark.Reading(chunk.id(), BeginMark.Phase.RUNNING),
                log,
                List.of(),
                Remains.NONE,
                null);
        Task.Loss loss = chunk.lossBy(end);
        if (loss == Task.Loss.EXECUTING && chunk.crashes() < chunk.rerun().retries()) {
            chunk.again(new Death(end, EndReason.CRASHED), "its worker died");
            chunk.become(TaskState.SENT, "to another one");
            return true;
        }
        boolean skipped = loss == Task.Loss.EXECUTING && chunk.skip();
        suspects = items(chunk.suspect());
        if (skipped || loss == Task.Loss.NOTHING) {
            chunk.become(TaskState.QUEUED, "its worker died");
            chunk.become(TaskState.SENT, "to another one");
            if (skipped) {
                chunk.partLost(new IllegalStateException("died"));
            }
            return true;
        }
        chunk.become(TaskState.LOST, "its worker died");
        chunk.failLocally(new IllegalStateException("died"));
        return false;
    }

    /** No worker starts, for a reason that only the user's code can tell. */
    synchronized void failLater(RemoteTask<?> chunk, Supplier<Throwable> reason) {
        chunk.become(TaskState.LOST, "no worker starts");
        chunk.failLater(reason);
    }

    private static byte[] batch(@Nullable Object... results) {
        try {
            FrameBuffer batch = FrameBuffer.take();
            ItemAnswer.startBatch(batch);
            for (Object result : results) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                FrameBuffer answer = FrameBuffer.take();
                if (result instanceof Throwable thrown) {
                    new ThrowableCodec(CODEC).write(thrown, "io.loky.internal.", answer);
                    ItemAnswer.write(FrameType.ERROR, answer, batch);
                } else {
                    CODEC.write(result, bytes);
                    answer.write(bytes.toByteArray());
                    ItemAnswer.write(FrameType.VALUE, answer, batch);
                }
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            batch.writeTo(out);
            return out.toByteArray();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
