/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.SerializableCallable;
import io.loky.SerializableFunction;
import io.loky.internal.codec.ChunkCall;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.codec.TaskHeader;
import io.loky.internal.parent.classes.LocalClasses;
import io.loky.internal.parent.classes.TaskClassNames;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.io.IOException;
import java.io.ObjectInputStream;
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

    private final Inspection inspection = new Inspection() {
        @Override
        public @Nullable Throwable leftBehind(Object subject) {
            seen.add(subject + interrupted());
            return null;
        }

        @Override
        public void answer(long taskId, EncodedFrame answer) {
            seen.add(answer.toFrame().type() + interrupted());
        }

        private String interrupted() {
            return Thread.currentThread().isInterrupted() ? ", interrupted" : "";
        }
    };

    private final TaskRunner runner = new TaskRunner(
            (id, phase) -> {}, inspection, new LocalClasses(), new ItemAnswers(answer -> {}, () -> null));

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

    /** It has run code of the user's; else what that has changed would be found after the next task. */
    @Test
    void run_taskThatCannotBeRebuilt_isJudgedToo() throws Exception {
        Broken broken = new Broken();

        run(task(() -> broken));

        assertThat(seen).containsExactly("task #7", "ERROR");
    }

    @Test
    void run_itemThatCannotBeRebuilt_isJudgedToo() throws Exception {
        run(chunk(item -> item, new Broken(), 2));

        assertThat(seen).containsExactly(ITEM_0, ITEM_1, "VALUE");
    }
}
