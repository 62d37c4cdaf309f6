/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PoolChecksTest {
    /** What the environment says wrong is refused with what to do about it. */
    @Test
    void remedy_ofWhatSaysItself_isNone() {
        assertThat(PoolChecks.remedy(new IllegalArgumentException("LOKY_MAX_CPU_COUNT must be a number")))
                .isEmpty();
    }

    @Test
    void remedy_ofAnythingElse_isToReportIt() {
        assertThat(PoolChecks.remedy(new IllegalStateException("what"))).contains("please report it");
    }
}
