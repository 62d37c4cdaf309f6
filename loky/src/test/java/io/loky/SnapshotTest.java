/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SnapshotTest {

    private static final WorkerSnapshot WORKER =
            new WorkerSnapshot(1, 0, OptionalLong.of(4711), WorkerSnapshot.State.BUSY, 3, OptionalLong.of(12));

    @Test
    void poolSnapshot_collectionsChangedLater_staysAsItWas() {
        List<WorkerSnapshot> workers = new ArrayList<>(List.of(WORKER));
        Map<EndReason, Long> ended = new HashMap<>(Map.of(EndReason.START_FAILED, 2L, EndReason.IDLE_TIMEOUT, 1L));
        PoolSnapshot snapshot = new PoolSnapshot(PoolSnapshot.State.RUNNING, 4, workers, 1, 2, 3, ended);
        workers.clear();
        ended.clear();

        assertThat(snapshot.workers()).containsExactly(WORKER).isUnmodifiable();
        assertThat(snapshot.endedWorkers())
                .containsExactly(Map.entry(EndReason.IDLE_TIMEOUT, 1L), Map.entry(EndReason.START_FAILED, 2L))
                .isUnmodifiable();
    }

    @Test
    void poolSnapshot_nothingEnded_hasNoReasons() {
        assertThat(new PoolSnapshot(PoolSnapshot.State.TERMINATED, 1, List.of(), 0, 0, 0, Map.of()).endedWorkers())
                .isEmpty();
    }

    @Test
    void component_null_isRefusedByName() {
        assertThatNullPointerException()
                .isThrownBy(() -> new PoolSnapshot(null, 1, List.of(), 0, 0, 0, Map.of()))
                .withMessage("state");
        assertThatNullPointerException()
                .isThrownBy(() -> new PoolSnapshot(PoolSnapshot.State.STOP, 1, null, 0, 0, 0, Map.of()))
                .withMessage("workers");
        assertThatNullPointerException()
                .isThrownBy(() -> new PoolSnapshot(PoolSnapshot.State.STOP, 1, List.of(), 0, 0, 0, null))
                .withMessage("endedWorkers");
        assertThatNullPointerException()
                .isThrownBy(() -> new WorkerSnapshot(1, 0, null, WorkerSnapshot.State.IDLE, 0, OptionalLong.empty()))
                .withMessage("pid");
        assertThatNullPointerException()
                .isThrownBy(() -> new TaskReceipt(null, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0))
                .withMessage("queueTime");
        assertThatNullPointerException()
                .isThrownBy(
                        () -> new TaskReceipt(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0, null))
                .withMessage("gcTime");
    }

    @Test
    void taskReceipt_withoutGcTime_doesNotKnowIt() {
        TaskReceipt receipt = new TaskReceipt(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0);

        assertThat(receipt.gcTime()).isNegative();
    }
}
