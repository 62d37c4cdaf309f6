/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class WatchingCostTest {
    @Test
    void run_fewTimes_printsARowForEachKindOfPool() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        WatchingCost.run(1, 5, new PrintStream(bytes, true, StandardCharsets.UTF_8));

        String[] lines = bytes.toString(StandardCharsets.UTF_8).split("\\R");
        assertThat(lines).hasSize(7);
        assertThat(lines[1]).matches("receipts OFF +\\d+\\.\\d\\d +\\+0\\.00 +\\d+\\.\\d");
        String figures = " +\\d+\\.\\d\\d +[+-]\\d+\\.\\d\\d +\\d+\\.\\d";
        assertThat(lines[2]).matches("receipts TIMES" + figures);
        assertThat(lines[3]).matches("receipts FULL" + figures);
        assertThat(lines[4]).matches("slowTaskThreshold" + figures);
        assertThat(lines[5]).matches("taskTimeout" + figures);
        assertThat(lines[6]).matches("100 looks/s" + figures);
    }
}
