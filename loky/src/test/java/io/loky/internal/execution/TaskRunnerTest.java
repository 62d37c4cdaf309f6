/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolOptions.Receipts;
import io.loky.SerializableCallable;
import io.loky.SerializableFunction;
import io.loky.internal.codec.ChunkCall;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.codec.TaskHeader;
import io.loky.internal.parent.classes.LocalClasses;
import io.loky.internal.parent.classes.TaskClassNames;
import io.loky.internal.wire.BeginMark;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.ItemAnswer;
import io.loky.internal.wire.Measured;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What whoever judges tasks is told of them, and finds. */
class TaskRunnerTest {
    private static final String ITEM_0 = "the item at index 0 of a map (task #7)";
    private static final String ITEM_1 = "the item at index 1 of a map (task #7)";

    private final List<String> seen = new ArrayList<>();

    /** With the last answer. */
    private @Nullable Measured measured;

    /** The last answer. */
    private @Nullable Frame answered;

    private final List<Throwable> failures = new ArrayList<>();

    private final Inspection inspection = new Inspection() {
        @Override
        public Throwable failed(Throwable thrown) {
            failures.add(thrown);
            return thrown;
        }

        @Override
        public @Nullable Throwable leftBehind(Object subject) {
            seen.add(subject + interrupted());
            return null;
        }

        @Override
        public void answer(long taskId, EncodedFrame answer) {
            seen.add(answer.toFrame().type() + interrupted());
            answered = answer.toFrame();
            measured = answered.measured();
        }

        private String interrupted() {
            return Thread.currentThread().isInterrupted() ? ", interrupted" : "";
        }
    };

    private final TaskRunner runner = new TaskRunner(
            (id, phase) -> {},
            inspection,
            new LocalClasses(),
            new ItemAnswers(answer -> {}, () -> null),
            Meter.of(Receipts.TIMES, true),
            FrameBuffer.NOTHING_ASIDE);

    /** Lets so many codes begin. */
    private TaskRunner runnerOfWanted(int most) {
        int[] left = {most};
        Progress progress = new Progress() {
            @Override
            public void set(long taskId, BeginMark.Phase phase) {
                seen.add(phase.name());
            }

            @Override
            public boolean codeBegins(long taskId) {
                return left[0]-- > 0;
            }
        };
        return new TaskRunner(progress, inspection, new LocalClasses(), new ItemAnswers(answer -> {}, () -> null));
    }

    /**
     * Somebody asks to interrupt the task while its code runs.
     *
     * @param item which one it is then; 1 for a task
     */
    private TaskRunner runnerOfInterrupted(int item) {
        int[] begun = {0};
        Progress progress = new Progress() {
            @Override
            public void set(long taskId, BeginMark.Phase phase) {
                begun[0] += phase == BeginMark.Phase.RUNNING ? 1 : 0;
            }

            @Override
            public boolean isWanted(long taskId) {
                return begun[0] < item;
            }

            @Override
            public void codeEnds() {
                seen.add("ends");
            }
        };
        ItemAnswers answers =
                new ItemAnswers(answer -> seen.add(answer.toFrame().type() + ""), () -> null);
        return new TaskRunner(
                progress,
                inspection,
                new LocalClasses(),
                answers,
                Meter.of(Receipts.TIMES, true),
                FrameBuffer.NOTHING_ASIDE);
    }

    private void run(Frame frame) throws IOException {
        runner.run(runner.prepare(frame));
    }

    private static Frame task(SerializableCallable<?> callable) throws Exception {
        TaskClassNames names = new TaskClassNames(callable.getClass());
        FrameBuffer buffer = FrameBuffer.take();
        TaskHeader.write(names.root(), List.of(), buffer);
        TaskCall.of((Callable<?>) callable).write(new ObjectCodec(names), buffer);
        return buffer.finish(FrameType.TASK, 7).toFrame();
    }

    private static Frame chunk(SerializableFunction<Object, Object> function, Object... items) throws Exception {
        TaskClassNames names = new TaskClassNames(function.getClass());
        ObjectCodec codec = new ObjectCodec(names);
        FrameBuffer buffer = FrameBuffer.take();
        TaskHeader.write(names.root(), List.of(), buffer);
        ChunkCall.writeHead(codec, function, buffer);
        for (int index = 0; index < items.length; index++) {
            int start = buffer.size();
            buffer.write(new byte[ChunkCall.ITEM_HEADER]);
            codec.write(items[index], buffer);
            buffer.putLong(start, index);
            buffer.putInt(start + Long.BYTES, buffer.size() - start - ChunkCall.ITEM_HEADER);
        }
        return buffer.finish(FrameType.CHUNK, 7).toFrame();
    }

    /** Must not be encoded. */
    private static final class Unencoded extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        @Serial
        private void writeObject(ObjectOutputStream out) {
            throw new AssertionError("nobody wants it");
        }
    }

    /** Cannot be rebuilt. */
    private static final class Broken implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        @Serial
        private void readObject(ObjectInputStream in) {
            throw new IllegalStateException("planned");
        }
    }

    @Test
    void run_taskLeavesItsInterruptSet_whoeverJudgesItMeetsNone() throws Exception {
        run(task(() -> {
            Thread.currentThread().interrupt();
            return 1;
        }));

        assertThat(seen).containsExactly("task #7", "VALUE");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void run_itemLeavesItsInterruptSet_neitherJudgeNorTheNextItemMeetsIt() throws Exception {
        run(chunk(
                item -> {
                    boolean before = Thread.currentThread().isInterrupted();
                    Thread.currentThread().interrupt();
                    if (before) {
                        throw new IllegalStateException("met the one before");
                    }
                    return item;
                },
                1,
                2));

        assertThat(seen).containsExactly(ITEM_0, ITEM_1, "VALUE");
    }

    @Test
    void run_taskThatNobodyWants_isAnsweredAndNotRun() throws Exception {
        TaskRunner unwanted = runnerOfWanted(0);

        unwanted.run(unwanted.prepare(task(() -> {
            throw new IllegalStateException("it was run");
        })));

        assertThat(seen).containsExactly("DECODING", "VALUE");
    }

    /** The grace is the task's, and to encode an exception may take longer. */
    @Test
    void run_taskThatIsInterrupted_isAnsweredWithNothingAndItsCodeHasEnded() throws Exception {
        List<SerializableCallable<?>> tasks = List.of(
                () -> new Unencoded(),
                () -> {
                    throw new Unencoded();
                },
                Object::new);
        for (SerializableCallable<?> task : tasks) {
            seen.clear();
            TaskRunner interrupted = runnerOfInterrupted(1);

            interrupted.run(interrupted.prepare(task(task)));

            assertThat(seen).containsExactly("ends", "ends", "ends", "task #7", "VALUE");
            assertThat(answered).isNotNull();
            assertThat(answered.payload()).isEmpty();
            assertThat(answered.measured()).isNull();
        }
    }

    /** Whoever looks for a full heap sees it all the same. */
    @Test
    void run_taskThatIsInterruptedAndThrows_whatItThrowsIsJudged() throws Exception {
        TaskRunner interrupted = runnerOfInterrupted(1);

        interrupted.run(interrupted.prepare(task(() -> {
            throw new OutOfMemoryError("planned");
        })));

        assertThat(failures).singleElement().isInstanceOf(OutOfMemoryError.class);
        assertThat(answered).isNotNull();
        assertThat(answered.payload()).isEmpty();
    }

    /** Those before it are, at once; the parent must not take nothing for its answer. */
    @Test
    void run_itemThatIsInterrupted_isNotAnsweredAndNoOtherIsBegun() throws Exception {
        for (int last = 2; last <= 3; last++) {
            seen.clear();
            TaskRunner interrupted = runnerOfInterrupted(2);

            interrupted.run(interrupted.prepare(chunk(
                    item -> item.equals(1) ? item : new Unencoded(),
                    last == 2 ? new Object[] {1, 2} : new Object[] {1, 2, 3})));

            assertThat(seen)
                    .containsExactly("ends", "ends", "ends", ITEM_0, "PARTIAL", "ends", "ends", ITEM_1, "VALUE");
            assertThat(answered).isNotNull();
            assertThat(answered.payload()).hasSize(ItemAnswer.FIRST);
        }
    }

    /** The one that is executing when the chunk is cancelled is the last one. */
    @Test
    void run_chunkThatNobodyWantsAnyMore_beginsNoFurtherItem() throws Exception {
        TaskRunner unwanted = runnerOfWanted(2); // the function, and the first item

        unwanted.run(unwanted.prepare(chunk(item -> item, 1, 2, 3)));

        assertThat(seen).containsExactly("DECODING", "DECODING", "RUNNING", "ENCODING", ITEM_0, "VALUE");
    }

    /** It has run code of the user's; else what that has changed would be found after the next task. */
    @Test
    void run_taskThatCannotBeRebuilt_isJudgedToo() throws Exception {
        Broken broken = new Broken();

        run(task(() -> broken));

        assertThat(seen).containsExactly("task #7", "ERROR");
    }

    /** The receipt is for the task, whatever its answer is. */
    @Test
    void run_taskThatReturnsOrThrowsOrCannotBeEncoded_isMeasured() throws Exception {
        List<SerializableCallable<?>> tasks = List.of(
                () -> 1,
                () -> {
                    throw new IllegalStateException("planned");
                },
                Object::new,
                Thread::currentThread);

        for (SerializableCallable<?> task : tasks) {
            measured = null;
            run(task(task));
            assertThat(measured).isNotNull();
            assertThat(measured.runNanos()).isNotNegative();
        }
        assertThat(seen).contains("VALUE").contains("ERROR");
    }

    /** A task that has not run, and items, which have no receipts. */
    @Test
    void run_taskThatCannotBeRebuiltOrChunk_isNotMeasured() throws Exception {
        Broken broken = new Broken();

        run(task(() -> broken));
        assertThat(measured).isNull();
        run(chunk(item -> item, 1, 2));
        assertThat(measured).isNull();
    }

    @Test
    void run_itemThatCannotBeRebuilt_isJudgedToo() throws Exception {
        run(chunk(item -> item, new Broken(), 2));

        assertThat(seen).containsExactly(ITEM_0, ITEM_1, "VALUE");
    }
}
