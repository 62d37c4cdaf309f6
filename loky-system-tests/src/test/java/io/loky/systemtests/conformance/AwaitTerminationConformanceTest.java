/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import org.junit.jupiter.api.Nested;

/** AwaitTermination, on all sides. */
class AwaitTerminationConformanceTest {
    @Nested
    class OnThreadPoolExecutor extends AwaitTerminationContract {
        OnThreadPoolExecutor() {
            super(Side.threadPoolExecutor());
        }
    }

    @Nested
    class OnProcessPool extends AwaitTerminationContract {
        OnProcessPool() {
            super(Side.processPool());
        }
    }

    @Nested
    class InProcess extends AwaitTerminationContract {
        InProcess() {
            super(Side.inProcess());
        }
    }
}
