/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import org.junit.jupiter.api.Nested;

/** Concurrency, on all sides. */
class ConcurrencyConformanceTest {
    @Nested
    class OnThreadPoolExecutor extends ConcurrencyContract {
        OnThreadPoolExecutor() {
            super(Side.threadPoolExecutor());
        }
    }

    @Nested
    class OnProcessPool extends ConcurrencyContract {
        OnProcessPool() {
            super(Side.processPool());
        }
    }

    @Nested
    class InProcess extends ConcurrencyContract {
        InProcess() {
            super(Side.inProcess());
        }
    }
}
