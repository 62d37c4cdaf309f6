/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import org.junit.jupiter.api.Nested;

/** Helpers, on all sides. */
class HelpersConformanceTest {
    @Nested
    class OnThreadPoolExecutor extends HelpersContract {
        OnThreadPoolExecutor() {
            super(Side.threadPoolExecutor());
        }
    }

    @Nested
    class OnProcessPool extends HelpersContract {
        OnProcessPool() {
            super(Side.processPool());
        }
    }

    @Nested
    class InProcess extends HelpersContract {
        InProcess() {
            super(Side.inProcess());
        }
    }
}
