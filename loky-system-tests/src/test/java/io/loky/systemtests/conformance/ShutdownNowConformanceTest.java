/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import org.junit.jupiter.api.Nested;

/** ShutdownNow, on all sides. */
class ShutdownNowConformanceTest {
    @Nested
    class OnThreadPoolExecutor extends ShutdownNowContract {
        OnThreadPoolExecutor() {
            super(Side.threadPoolExecutor());
        }
    }

    @Nested
    class OnProcessPool extends ShutdownNowContract {
        OnProcessPool() {
            super(Side.processPool());
        }
    }

    @Nested
    class InProcess extends ShutdownNowContract {
        InProcess() {
            super(Side.inProcess());
        }
    }
}
