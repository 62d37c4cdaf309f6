/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import org.junit.jupiter.api.Test;

class PoolListenerTest {

    @Test
    void none_calledWithAnything_doesNothing() {
        PoolListener none = PoolListener.none();
        none.workerStarted(1, 4711);
        none.workerEnded(1, 4711, EndReason.IDLE_TIMEOUT, null);

        assertThat(none).isSameAs(PoolListener.none()).hasToString("PoolListener.none()");
    }
}
