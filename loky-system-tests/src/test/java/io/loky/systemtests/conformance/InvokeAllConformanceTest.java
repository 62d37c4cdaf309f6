/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import org.junit.jupiter.api.Nested;

/** InvokeAll, on all sides. */
class InvokeAllConformanceTest {
    @Nested
    class OnThreadPoolExecutor extends InvokeAllContract {
        OnThreadPoolExecutor() {
            super(Side.threadPoolExecutor());
        }
    }

    @Nested
    class OnProcessPool extends InvokeAllContract {
        OnProcessPool() {
            super(Side.processPool());
        }
    }

    @Nested
    class InProcess extends InvokeAllContract {
        InProcess() {
            super(Side.inProcess());
        }
    }
}
