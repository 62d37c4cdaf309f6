/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import org.junit.jupiter.api.Nested;

/** Stage, on all sides. */
class StageConformanceTest {
    @Nested
    class OnThreadPoolExecutor extends StageContract {
        OnThreadPoolExecutor() {
            super(Side.threadPoolExecutor());
        }
    }

    @Nested
    class OnProcessPool extends StageContract {
        OnProcessPool() {
            super(Side.processPool());
        }
    }

    @Nested
    class InProcess extends StageContract {
        InProcess() {
            super(Side.inProcess());
        }
    }
}
