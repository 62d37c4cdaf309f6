/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import org.junit.jupiter.api.Nested;

/** Submission, on all sides. */
class SubmissionConformanceTest {
    @Nested
    class OnThreadPoolExecutor extends SubmissionContract {
        OnThreadPoolExecutor() {
            super(Side.threadPoolExecutor());
        }
    }

    @Nested
    class OnProcessPool extends SubmissionContract {
        OnProcessPool() {
            super(Side.processPool());
        }
    }

    @Nested
    class InProcess extends SubmissionContract {
        InProcess() {
            super(Side.inProcess());
        }
    }
}
