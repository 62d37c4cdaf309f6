/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import org.junit.jupiter.api.Nested;

/** Cancel, on all sides. */
class CancelConformanceTest {
    @Nested
    class OnThreadPoolExecutor extends CancelContract {
        OnThreadPoolExecutor() {
            super(Side.threadPoolExecutor());
        }
    }

    @Nested
    class OnProcessPool extends CancelContract {
        OnProcessPool() {
            super(Side.processPool());
        }
    }

    @Nested
    class InProcess extends CancelContract {
        InProcess() {
            super(Side.inProcess());
        }
    }
}
