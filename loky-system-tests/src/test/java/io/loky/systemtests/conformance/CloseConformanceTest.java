/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import org.junit.jupiter.api.Nested;

/** Close, on all sides. */
class CloseConformanceTest {
    @Nested
    class OnThreadPoolExecutor extends CloseContract {
        OnThreadPoolExecutor() {
            super(Side.threadPoolExecutor());
        }
    }

    @Nested
    class OnProcessPool extends CloseContract {
        OnProcessPool() {
            super(Side.processPool());
        }
    }

    @Nested
    class InProcess extends CloseContract {
        InProcess() {
            super(Side.inProcess());
        }
    }
}
