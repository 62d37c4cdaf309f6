/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import org.junit.jupiter.api.Nested;

/** Isolation, on all sides. */
class IsolationConformanceTest {
    @Nested
    class OnThreadPoolExecutor extends IsolationContract {
        OnThreadPoolExecutor() {
            super(Side.threadPoolExecutor());
        }
    }

    @Nested
    class OnProcessPool extends IsolationContract {
        OnProcessPool() {
            super(Side.processPool());
        }
    }

    @Nested
    class InProcess extends IsolationContract {
        InProcess() {
            super(Side.inProcess());
        }
    }
}
