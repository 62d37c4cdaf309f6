/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import org.junit.jupiter.api.Nested;

/** Future, on all sides. */
class FutureConformanceTest {
    @Nested
    class OnThreadPoolExecutor extends FutureContract {
        OnThreadPoolExecutor() {
            super(Side.threadPoolExecutor());
        }
    }

    @Nested
    class OnProcessPool extends FutureContract {
        OnProcessPool() {
            super(Side.processPool());
        }
    }

    @Nested
    class InProcess extends FutureContract {
        InProcess() {
            super(Side.inProcess());
        }
    }
}
