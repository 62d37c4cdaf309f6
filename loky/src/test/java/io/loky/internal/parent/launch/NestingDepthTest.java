/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.loky.NestingLimitException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NestingDepthTest {

    @ParameterizedTest
    @CsvSource({",", "0,", "9,", "9,10", "' 9 ',' 10 '", "0,1", "5000,0", "5000,-1"})
    void check_depthBelowTheLimitOrNoLimit_mayHaveWorkers(String depth, String limit) {
        assertThatCode(() -> NestingDepth.check(depth, limit, 0)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"10,,11,10", "1,1,2,1", "999999,5,1000000,5"})
    void check_depthAtTheLimit_isRefused(String depth, String limit, int refused, int most) {
        assertThatThrownBy(() -> NestingDepth.check(depth, limit, 0))
                .isInstanceOfSatisfying(NestingLimitException.class, e -> {
                    assertThat(e.depth()).isEqualTo(refused);
                    assertThat(e.limit()).isEqualTo(most);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1.5", "99999999999", "2147483647", " "})
    void check_aVariableThatIsNoNumber_isRefusedByName(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NestingDepth.check(null, value, 0))
                .withMessageStartingWith("the environment variable LOKY_MAX_DEPTH must be a whole number from ")
                .withMessageContaining("got '" + value + "'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NestingDepth.check(value, null, 0))
                .withMessageStartingWith(
                        "the environment variable LOKY_DEPTH must be a whole number from 0 to 1000000");
    }

    @Test
    void pass_firstJvm_tellsItsWorkersThatTheyAreAtDepthOne() {
        assumeTrue(System.getenv("LOKY_DEPTH") == null);
        Map<String, String> environment = new HashMap<>(Map.of("LOKY_DEPTH", "0", "PATH", "/bin"));

        NestingDepth.pass(environment);

        assertThat(environment).containsEntry("LOKY_DEPTH", "1").containsEntry("PATH", "/bin");
    }
}
