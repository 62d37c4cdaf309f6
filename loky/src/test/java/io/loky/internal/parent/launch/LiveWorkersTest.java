/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LiveWorkersTest {
    private final LiveWorkers workers = new LiveWorkers();

    @Test
    void enter_workersOfTheSamePool_areNoOthers() {
        assertThat(workers.enter("a", 0).others()).isZero();
        assertThat(workers.enter("a", 0).others()).isZero();
    }

    @Test
    void enter_workersOfOtherPools_areCounted() {
        workers.enter("a", 0);
        workers.enter("a", 0);
        workers.enter("b", 0);

        assertThat(workers.enter("a", 0).others()).isEqualTo(1);
        assertThat(workers.enter("b", 0).others()).isEqualTo(3);
        assertThat(workers.enter("c", 0).others()).isEqualTo(5);
    }

    @Test
    void enter_heapPromisedByOtherPools_isAdded() {
        workers.enter("a", 100).leave();
        workers.enter("a", 20);
        workers.enter("a", 20);
        workers.enter("b", 3);

        assertThat(workers.enter("a", 20).heapOfOthers()).isEqualTo(3);
        assertThat(workers.enter("c", 0).heapOfOthers()).isEqualTo(63);
    }

    @Test
    void leave_countsNoMore_alsoIfCalledAgain() {
        LiveWorkers.Place first = workers.enter("a", 0);
        workers.enter("a", 0);

        first.leave();
        first.leave();

        assertThat(workers.enter("b", 0).others()).isEqualTo(1);
    }

    @Test
    void leave_theLast_nothingIsKept() {
        LiveWorkers.Place only = workers.enter("a", 0);

        only.leave();

        assertThat(workers.count()).isZero();
        assertThat(workers.enter("b", 0).others()).isZero();
    }
}
