/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class WorkerArgumentsTest {

    @Test
    void parse_whatToListMade_isTheSame() {
        WorkerRules rules = new WorkerRules(300_000_000, WorkerRules.UNLIMITED, 3, "REPORT");
        WorkerArguments arguments = new WorkerArguments(
                WorkerArguments.PIPES, "/tmp/a b", "loky-pool-1-worker-1", 5000, 7, rules, "FULL", 1 << 20);

        assertThat(WorkerArguments.parse(arguments.toList().toArray(String[]::new)))
                .isEqualTo(arguments);
    }

    @Test
    void parse_anotherNumberOfArguments_isRefusedWithIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WorkerArguments.parse(new String[0]))
                .withMessageContaining("started by a Loky pool")
                .withMessageContaining("got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WorkerArguments.parse(new String[] {"pipes", "/tmp", "label", "1", "0"}))
                .withMessageContaining("got 5");
    }

    @Test
    void parse_notTheRulesOfAWorker_isRefusedWithThem() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        WorkerArguments.parse(new String[] {"pipes", "/tmp", "label", "1", "0", "1,2,3", "OFF", "9"}))
                .withMessageContaining("got '1,2,3'");
    }
}
