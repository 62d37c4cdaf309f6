/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import org.junit.jupiter.api.Nested;

/** InvokeAny, on all sides. */
class InvokeAnyConformanceTest {
    @Nested
    class OnThreadPoolExecutor extends InvokeAnyContract {
        OnThreadPoolExecutor() {
            super(Side.threadPoolExecutor());
        }
    }

    @Nested
    class OnProcessPool extends InvokeAnyContract {
        OnProcessPool() {
            super(Side.processPool());
        }
    }

    @Nested
    class InProcess extends InvokeAnyContract {
        InProcess() {
            super(Side.inProcess());
        }
    }
}
