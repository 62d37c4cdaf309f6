/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.launch.WorkerEvents;
import io.loky.internal.parent.launch.WorkerHandle;
import io.loky.internal.wire.BeginMark;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameReader;
import io.loky.internal.wire.FrameType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A worker without a process: does what the test says, on the test's thread. What the supervisor wants of it is kept. */
class FakeWorker implements WorkerHandle {
    private final int number;
    private final BlockingQueue<String> wishes = new LinkedBlockingQueue<>();
    private final Queue<EncodedFrame> queued = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable WorkerEvents events;
    volatile long beats;

    /** What it answers to those who look where its task is. */
    final CompletableFuture<List<StackTraceElement>> stack = new CompletableFuture<>();

    FakeWorker(int number) {
        this.number = number;
    }

    // ---- for the test ---------------------------------------------------------------------------------------------

    /** The next thing that the supervisor wanted: start, send #n, retire, kill, abandon. */
    String wish() throws InterruptedException {
        String wish = wishes.poll(60, TimeUnit.SECONDS);
        if (wish == null) {
            throw new AssertionError("the supervisor wants nothing of worker " + number);
        }
        return wish;
    }

    void ready() {
        events().ready();
    }

    void sampled(long taskId, List<StackTraceElement> frames) {
        events().sampled(taskId, frames);
    }

    void unfit(EndReason reason, String detail) {
        events().unfit(reason, detail);
    }

    void answer(long taskId, Object value) {
        try {
            FrameBuffer buffer = FrameBuffer.take();
            new ObjectCodec(ClassNames.of(FakeWorker.class.getClassLoader())).write(value, buffer);
            events().answered(read(buffer.finish(FrameType.VALUE, taskId)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * It dies; nothing is left of it. Only the first time.
     *
     * @param begun the task that it had begun; 0 for none
     */
    void dies(long begun) {
        if (ended.compareAndSet(false, true)) {
            BeginMark.Reading mark =
                    begun == 0 ? BeginMark.Reading.NONE : new BeginMark.Reading(begun, BeginMark.Phase.RUNNING);
            events().gone(new WorkerEnd(
                    1_000 + number, true, OptionalInt.of(137), Duration.ofSeconds(1), 0, mark, List.of(), null));
            events().cleared();
        }
    }

    private WorkerEvents events() {
        WorkerEvents told = events;
        if (told == null) {
            throw new AssertionError("worker " + number + " was not started");
        }
        return told;
    }

    static Frame read(EncodedFrame frame) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        frame.writeTo(bytes);
        Frame read = new FrameReader(new ByteArrayInputStream(bytes.toByteArray())).read();
        if (read == null) {
            throw new AssertionError("an empty frame");
        }
        return read;
    }

    // ---- for the supervisor ---------------------------------------------------------------------------------------

    @Override
    public void start(WorkerEvents listener) {
        events = listener;
        wishes.add("start");
    }

    @Override
    public OptionalLong pid() {
        return OptionalLong.of(1_000 + number);
    }

    @Override
    public void queue(EncodedFrame frame) {
        queued.add(frame);
    }

    @Override
    public void flush() {
        try {
            for (EncodedFrame frame = queued.poll(); frame != null; frame = queued.poll()) {
                wishes.add("send #" + read(frame).taskId());
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void retire() {
        wishes.add("retire");
    }

    @Override
    public void interrupt(long taskId, long graceNanos, boolean sampled) {
        wishes.add("interrupt #" + taskId);
    }

    @Override
    public CompletableFuture<List<StackTraceElement>> look(long taskId) {
        wishes.add("look #" + taskId);
        return stack;
    }

    @Override
    public void kill() {
        wishes.add("kill");
    }

    @Override
    public void abandon() {
        wishes.add("abandon");
    }

    @Override
    public long beats() {
        return beats;
    }
}
