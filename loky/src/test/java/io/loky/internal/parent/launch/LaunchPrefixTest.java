/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaunchPrefixTest {

    /** A worker whose parent dies has to clean up; a helper would only live on. */
    @Test
    void killedWithItsThread_isTheSamePrefixWithAnotherSignal() throws IOException {
        List<String> helper = LaunchPrefix.killedWithItsThread();

        assertThat(helper).hasSameSizeAs(LaunchPrefix.get()).doesNotContain("CONT");
        assertThat(LaunchPrefix.get()).doesNotContain("KILL");
        assertThat(helper.contains("KILL")).isEqualTo(LaunchPrefix.get().contains("CONT"));
    }

    @Test
    void lowPriority_isOneCommandThatBecomesTheNext() {
        List<String> nice = LaunchPrefix.lowPriority();

        assertThat(nice.isEmpty() || nice.get(0).endsWith("/nice")).isTrue();
    }
}
