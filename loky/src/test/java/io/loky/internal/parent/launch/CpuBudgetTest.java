/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuBudgetTest {
    @ParameterizedTest
    @CsvSource({"8,,,8", "8,3,,3", "8,,2,2", "8,3,2,2", "8,2,3,2", "8,16,,8", "8,,16,8", "8,'','',8", "8,' 4 ',,4"})
    void count_theSmallestOfTheThree_wins(int available, String budget, String limit, int expected) {
        assertThat(CpuBudget.count(available, budget, limit)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "0", "-3", "1.5", "99999999999", " "})
    void count_aVariableThatIsNoCount_isRefusedByName(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuBudget.count(8, value, null))
                .withMessage("the environment variable LOKY_CPU_BUDGET must be a whole number from 1 to 1000000, got '"
                        + value + "'; set it to one, or unset it");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuBudget.count(8, null, value))
                .withMessageContaining("LOKY_MAX_CPU_COUNT");
    }

    @ParameterizedTest
    @CsvSource({"8,1,8", "8,2,4", "8,3,2", "8,8,1", "8,100,1", "1,1,1"})
    void share_ofSoManyWorkers_isNeverNothing(int count, int workers, int expected) {
        assertThat(CpuBudget.share(count, workers)).isEqualTo(expected);
    }

    @Test
    void share_setByTheUser_isThatAsFarAsThereIsSoMuch() {
        int all = CpuBudget.count();

        assertThat(CpuBudget.share(1, null)).isEqualTo(all);
        assertThat(CpuBudget.share(1024, null)).isEqualTo(1);
        assertThat(CpuBudget.share(1, "1")).isEqualTo(1);
        assertThat(CpuBudget.share(1024, "1000")).isEqualTo(all);
        assertThat(CpuBudget.share(1, "refused by the worker")).isEqualTo(all);
    }

    /** Neither variable, and no flag of the command line, reaches the JVM of a worker by itself. */
    @Test
    void isWhatWorkersFind_narrowedForThisJvmAlone_isNot() {
        List<String> noFlags = List.of("-Xmx1g");

        assertThat(CpuBudget.isWhatWorkersFind(8, 8, noFlags)).isTrue();
        assertThat(CpuBudget.isWhatWorkersFind(CpuBudget.count(8, null, "4"), 8, noFlags))
                .isFalse();
        assertThat(CpuBudget.isWhatWorkersFind(CpuBudget.count(8, "4", null), 8, noFlags))
                .isFalse();
        assertThat(CpuBudget.isWhatWorkersFind(8, 8, List.of("-Xmx1g", "-XX:ActiveProcessorCount=8")))
                .isFalse();
    }

    @Test
    void pass_toldByTheUser_isLeftAlone() {
        Map<String, String> environment = new HashMap<>(Map.of("LOKY_CPU_BUDGET", "7"));

        CpuBudget.pass(environment, Map.of("LOKY_CPU_BUDGET", "7"), 1);
        assertThat(environment).containsEntry("LOKY_CPU_BUDGET", "7");

        CpuBudget.pass(environment, Map.of(), 1);
        assertThat(environment).containsEntry("LOKY_CPU_BUDGET", "1");
    }
}
