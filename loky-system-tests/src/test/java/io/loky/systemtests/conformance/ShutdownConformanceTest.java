/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import org.junit.jupiter.api.Nested;

/** Shutdown, on all sides. */
class ShutdownConformanceTest {
    @Nested
    class OnThreadPoolExecutor extends ShutdownContract {
        OnThreadPoolExecutor() {
            super(Side.threadPoolExecutor());
        }
    }

    @Nested
    class OnProcessPool extends ShutdownContract {
        OnProcessPool() {
            super(Side.processPool());
        }
    }

    @Nested
    class InProcess extends ShutdownContract {
        InProcess() {
            super(Side.inProcess());
        }
    }
}
