/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import org.junit.jupiter.api.Nested;

/** Rejection, on all sides. */
class RejectionConformanceTest {
    @Nested
    class OnThreadPoolExecutor extends RejectionContract {
        OnThreadPoolExecutor() {
            super(Side.threadPoolExecutor());
        }
    }

    @Nested
    class OnProcessPool extends RejectionContract {
        OnProcessPool() {
            super(Side.processPool());
        }
    }

    @Nested
    class InProcess extends RejectionContract {
        InProcess() {
            super(Side.inProcess());
        }
    }
}
