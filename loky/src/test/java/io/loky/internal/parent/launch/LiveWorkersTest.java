/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LiveWorkersTest {
    private final LiveWorkers workers = new LiveWorkers();

    @Test
    void enter_workersOfTheSamePool_areNoOthers() {
        assertThat(workers.enter("a").others()).isZero();
        assertThat(workers.enter("a").others()).isZero();
    }

    @Test
    void enter_workersOfOtherPools_areCounted() {
        workers.enter("a");
        workers.enter("a");
        workers.enter("b");

        assertThat(workers.enter("a").others()).isEqualTo(1);
        assertThat(workers.enter("b").others()).isEqualTo(3);
        assertThat(workers.enter("c").others()).isEqualTo(5);
    }

    @Test
    void leave_countsNoMore_alsoIfCalledAgain() {
        LiveWorkers.Place first = workers.enter("a");
        workers.enter("a");

        first.leave();
        first.leave();

        assertThat(workers.enter("b").others()).isEqualTo(1);
    }

    @Test
    void leave_theLast_forgetsThePool() {
        LiveWorkers.Place only = workers.enter("a");

        only.leave();

        assertThat(workers.count()).isZero();
        assertThat(workers.enter("b").others()).isZero();
    }
}
