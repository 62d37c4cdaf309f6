/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    private Path old = Path.of("old.json");

    @BeforeEach
    void writeOld() throws IOException {
        old = file("old.json", new double[] {30, 31, 32}, new double[] {20, 20, 20});
    }

    @Test
    void run_sameFigures_nothingIsWorse() {
        assertThat(compare(old, old)).isEqualTo(Compare.SAME);
        assertThat(text()).contains("raw", "1.00x worse", "nothing");
    }

    @Test
    void run_slowerByMoreThanTheRoundsDiffer_isWorse() throws IOException {
        Path slow = file("slow.json", new double[] {45, 46, 47}, new double[] {20, 20, 20});
        assertThat(compare(old, slow)).isEqualTo(Compare.WORSE);
        assertThat(text()).contains("1.48x worse", "WORSE");
        assertThat(compare(old, slow, "2")).isEqualTo(Compare.SAME);
        assertThat(compare(slow, old)).as("the other way round it is better").isEqualTo(Compare.SAME);
    }

    @Test
    void run_slowerMachine_isNoFaultOfOurs() throws IOException {
        Path slowDay = file("slow-day.json", new double[] {60, 62, 64}, new double[] {40, 40, 40});
        assertThat(compare(old, slowDay)).isEqualTo(Compare.SAME);
    }

    @Test
    void run_slowerWithinTheSpreadOfTheRounds_isNoise() throws IOException {
        Path noisy = file("noisy.json", new double[] {20, 40, 60}, new double[] {20, 20, 20});
        assertThat(compare(old, noisy)).isEqualTo(Compare.SAME);
        assertThat(text()).contains("within the noise");
    }

    @Test
    void run_otherJava_isComparedWithAWarning() throws IOException {
        Path other = directory.resolve("other.json");
        Files.writeString(other, Files.readString(old).replace("17.0.15", "25.0.3"));
        assertThat(compare(old, other)).isEqualTo(Compare.SAME);
        assertThat(text()).contains("javaVersion was 17.0.15 and is 25.0.3").doesNotContain("cpuModel");
    }

    @Test
    void run_fewRounds_isAHint() {
        compare(old, old);
        assertThat(text()).contains("only a hint");
    }

    @Test
    void run_figureIsGone_isWorse() throws IOException {
        Results results = new Results();
        results.cell(Metric.ROUND_TRIP, LokyJava.NAME).giveUp("failed in warm-up: no");
        Path failed = directory.resolve("failed.json");
        ResultsJson.write(Runs.of(results, Metric.ROUND_TRIP), failed);
        assertThat(compare(old, failed)).isEqualTo(Compare.WORSE);
        assertThat(text()).contains("HAS NO FIGURE");
    }

    @Test
    void run_wordsThatMakeNoSense_saysHowItIsUsed() {
        assertThat(Compare.run(List.of("one.json"), stream())).isEqualTo(Compare.USAGE);
        assertThat(Compare.run(List.of(old.toString(), "no such file.json"), stream()))
                .isEqualTo(Compare.USAGE);
        assertThat(Compare.run(List.of(old.toString(), old.toString(), "0.5"), stream()))
                .isEqualTo(Compare.USAGE);
        assertThat(text().lines()).hasSize(3).allMatch(line -> line.startsWith("usage: Compare"));
    }

    private Path file(String name, double[] ours, double[] raw) throws IOException {
        Results results = new Results();
        for (int i = 0; i < ours.length; i++) {
            results.cell(Metric.ROUND_TRIP, LokyJava.NAME).add(i + 1, new double[] {ours[i]});
            results.cell(Metric.ROUND_TRIP, RawLimit.NAME).add(i + 1, new double[] {raw[i]});
        }
        Path file = directory.resolve(name);
        ResultsJson.write(Runs.of(results, Metric.ROUND_TRIP), file);
        return file;
    }

    private int compare(Path before, Path after, String... limit) {
        List<String> words = new ArrayList<>(List.of(before.toString(), after.toString()));
        words.addAll(List.of(limit));
        return Compare.run(words, stream());
    }

    private PrintStream stream() {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
