/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.DirtyWorkerException;
import io.loky.internal.process.ResidentMemory;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.Remark;
import io.loky.internal.wire.Unfit;
import io.loky.internal.wire.WorkerRules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What a worker says beside its answers. */
@Isolated
class HealthTest {
    private static final String PROPERTY = "loky.test.health";

    private final List<String> sent = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void putBack() {
        System.clearProperty(PROPERTY);
    }

    private Health health(int checkEvery, String policy) {
        return new Health(
                new WorkerRules(WorkerRules.UNLIMITED, WorkerRules.UNLIMITED, checkEvery, policy), this::send);
    }

    private void send(EncodedFrame encoded) throws IOException {
        Frame frame = encoded.toFrame();
        switch (frame.type()) {
            case UNFIT ->
                sent.add(Unfit.decode(frame).reason() + ": "
                        + Unfit.decode(frame).detail());
            case REMARK ->
                sent.add("#" + frame.taskId() + ": " + Remark.decode(frame).text());
            case HOLD, FREE -> sent.add(frame.type().toString());
            default -> sent.add("#" + frame.taskId());
        }
    }

    private static EncodedFrame answer(long taskId) {
        return FrameBuffer.take().finish(FrameType.VALUE, taskId);
    }

    private void task(Health health, long id, Runnable code) throws IOException {
        health.begins(id);
        code.run();
        Throwable instead = health.leftBehind("task #" + id);
        if (instead != null) {
            sent.add("instead: " + instead.getMessage().replaceFirst(";.*", ""));
            assertThat(((DirtyWorkerException) instead).changes()).containsExactly("system properties: " + PROPERTY);
        }
        health.answer(id, answer(id));
        health.rest();
    }

    @Test
    void answer_noRules_goesOutAlone() throws IOException {
        Health health = new Health(WorkerRules.NONE, this::send);

        task(health, 1, () -> System.setProperty(PROPERTY, "x"));

        assertThat(sent).containsExactly("#1");
    }

    @Test
    void failed_outOfMemoryInTheCauses_isUnfitOnce() throws IOException {
        Health health = new Health(WorkerRules.NONE, this::send);

        health.failed(new IllegalStateException(new RuntimeException(new OutOfMemoryError("Java heap space"))));
        task(health, 1, () -> {});
        task(health, 2, () -> {});

        assertThat(sent).containsExactly("OUT_OF_MEMORY: java.lang.OutOfMemoryError: Java heap space", "#1", "#2");
    }

    @Test
    void failed_arrayTooLargeForAnyJvm_isFit() throws IOException {
        Health health = new Health(WorkerRules.NONE, this::send);

        health.failed(new OutOfMemoryError("Requested array size exceeds VM limit"));
        health.failed(new IllegalStateException("no cause"));
        task(health, 1, () -> {});

        assertThat(sent).containsExactly("#1");
    }

    @Test
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // nobody sets the cause of these
    void failed_circleOfCausesOrBadGetCause_isFit() throws IOException {
        Health health = new Health(WorkerRules.NONE, this::send);
        Exception one = new Exception();
        Exception other = new Exception(one);
        one.initCause(other);

        health.failed(one);
        health.failed(new Exception() {
            @Override
            public Throwable getCause() {
                throw new IllegalStateException("planned");
            }
        });
        task(health, 1, () -> {});

        assertThat(sent).containsExactly("#1");
    }

    @Test
    void leftBehind_report_isRemarkedOnce() throws IOException {
        Health health = health(0, "REPORT");

        task(health, 1, () -> {});
        task(health, 2, () -> System.setProperty(PROPERTY, "x"));
        task(health, 3, () -> {});
        task(health, 4, () -> System.setProperty(PROPERTY, "y"));

        assertThat(sent)
                .containsExactly(
                        "#1",
                        "#2: system properties: " + PROPERTY,
                        "#2",
                        "#3",
                        "#4: system properties: " + PROPERTY,
                        "#4");
    }

    @Test
    void leftBehind_whatTheInitializerDoes_isNoChange() throws IOException {
        Health health = health(0, "RECYCLE");

        task(health, 0, () -> System.setProperty(PROPERTY, "x"));
        task(health, 1, () -> {});

        assertThat(sent).containsExactly("#0", "#1");
    }

    @Test
    void leftBehind_recycle_isUnfit() throws IOException {
        Health health = health(0, "RECYCLE");

        task(health, 1, () -> System.setProperty(PROPERTY, "x"));

        assertThat(sent)
                .containsExactly("DIRTY: task #1 has left something behind: system properties: " + PROPERTY, "#1");
    }

    @Test
    void leftBehind_fail_isUnfitAndAnotherAnswer() throws IOException {
        Health health = health(0, "FAIL");

        task(health, 1, () -> System.setProperty(PROPERTY, "x"));

        assertThat(sent)
                .containsExactly(
                        "instead: task #1 has left something behind in its worker, which other tasks would have met:"
                                + " system properties: " + PROPERTY,
                        "DIRTY: task #1 has left something behind: system properties: " + PROPERTY,
                        "#1");
    }

    @Test
    void check_everyTwoTasks_runsAfterEverySecondAnswer() throws IOException {
        Health health = health(2, "IGNORE");
        health.checkBy(() -> () -> sent.add("checked"));

        for (int id = 0; id <= 4; id++) {
            task(health, id, () -> {});
        }

        assertThat(sent)
                .containsExactly("#0", "#1", "HOLD", "#2", "checked", "FREE", "#3", "HOLD", "#4", "checked", "FREE");
    }

    @Test
    void check_changesSomething_isNoTasksDoing() throws IOException {
        Health health = health(1, "RECYCLE");
        health.checkBy(() -> () -> System.setProperty(PROPERTY, "x"));

        task(health, 1, () -> {});
        task(health, 2, () -> {});

        assertThat(sent).containsExactly("HOLD", "#1", "FREE", "HOLD", "#2", "FREE");
    }

    @Test
    void check_throws_isUnfitAndRunsNoMore() throws IOException {
        Health health = health(1, "IGNORE");
        health.checkBy(() -> () -> {
            throw new IllegalStateException("no connection");
        });

        task(health, 1, () -> {});
        task(health, 2, () -> {});

        assertThat(sent)
                .containsExactly(
                        "HOLD",
                        "#1",
                        "UNHEALTHY: its health check threw java.lang.IllegalStateException: no connection",
                        "FREE",
                        "#2");
    }

    @Test
    void check_cannotBeRebuilt_isUnfit() throws IOException {
        Health health = health(1, "IGNORE");
        health.checkBy(() -> {
            throw new ClassNotFoundException("x.Check");
        });

        task(health, 1, () -> {});

        assertThat(sent)
                .containsExactly(
                        "HOLD",
                        "#1",
                        "UNHEALTHY: its health check threw java.lang.ClassNotFoundException: x.Check",
                        "FREE");
    }

    /** A collection takes long where much is kept: nobody waits for it, and no task's time limit runs. */
    @Test
    void memory_hasToBeJudged_theAnswerIsNotHeldUp() throws IOException {
        Health health = new Health(new WorkerRules(WorkerRules.UNLIMITED, 1, 0, WorkerRules.IGNORE), this::send);

        task(health, 1, () -> {});

        if (ResidentMemory.ofThis() > 0) {
            assertThat(sent).hasSize(4).startsWith("HOLD", "#1").endsWith("FREE");
            assertThat(sent.get(2)).startsWith("MEMORY_LIMIT: ");
        } else {
            assertThat(sent).containsExactly("#1");
        }
    }
}
