/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import org.junit.jupiter.api.Nested;

/** CompletionService, on all sides. */
class CompletionServiceConformanceTest {
    @Nested
    class OnThreadPoolExecutor extends CompletionServiceContract {
        OnThreadPoolExecutor() {
            super(Side.threadPoolExecutor());
        }
    }

    @Nested
    class OnProcessPool extends CompletionServiceContract {
        OnProcessPool() {
            super(Side.processPool());
        }
    }

    @Nested
    class InProcess extends CompletionServiceContract {
        InProcess() {
            super(Side.inProcess());
        }
    }
}
