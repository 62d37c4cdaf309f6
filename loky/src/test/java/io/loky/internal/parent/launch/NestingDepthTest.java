/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In a JVM that no pool has started. What happens deeper is a matter of the system tests. */
class NestingDepthTest {

    @BeforeEach
    void onlyAtDepthZero() {
        assumeTrue(System.getenv("LOKY_DEPTH") == null && System.getenv("LOKY_MAX_DEPTH") == null);
    }

    @Test
    void check_firstJvm_mayHaveWorkers() {
        assertThatCode(NestingDepth::check).doesNotThrowAnyException();
    }

    @Test
    void pass_firstJvm_tellsItsWorkersThatTheyAreAtDepthOne() {
        Map<String, String> environment = new HashMap<>(Map.of("LOKY_DEPTH", "0", "PATH", "/bin"));

        NestingDepth.pass(environment);

        assertThat(environment).containsEntry("LOKY_DEPTH", "1").containsEntry("PATH", "/bin");
    }
}
