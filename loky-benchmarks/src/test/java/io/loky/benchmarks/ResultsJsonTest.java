/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsJsonTest {

    private final Run run = Runs.of(Runs.roundTrips(), Metric.ROUND_TRIP);

    @Test
    void write_missingDirectory_isMadeAndFileReadBack(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("made/results.json");
        ResultsJson.write(run, file);
        assertThat(new ObjectMapper().readTree(file.toFile()))
                .isEqualTo(new ObjectMapper().readTree(ResultsJson.toJson(run).toString()));
    }

    @Test
    void prepare_directoryInPlaceOfTheFile_refused(@TempDir Path directory) {
        assertThatThrownBy(() -> ResultsJson.prepare(directory))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("is a directory");
    }

    @Test
    void toJson_environment_saysWhatTheFiguresDependOn() {
        JsonNode environment = ResultsJson.toJson(run).path("environment");
        assertThat(environment.path("date").asText()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(environment.path("javaVersion").asText()).isEqualTo("17.0.15");
        assertThat(environment.path("os").asText()).isEqualTo("Linux");
        assertThat(environment.path("cpus").asInt()).isEqualTo(2);
        assertThat(environment.path("cpuModel").asText()).isEqualTo("a CPU");
        assertThat(environment.path("memoryMiB").asInt()).isEqualTo(1024);
        assertThat(environment.path("peers").path("a peer").asText()).isEqualTo("1.2");
        assertThat(environment.path("loadAtStart").asDouble()).isEqualTo(0.5);
        assertThat(environment.path("loadAtEnd").asDouble()).isEqualTo(1.5);
        assertThat(environment.path("pythonVersion").asText()).isEqualTo("3.11.7");
        assertThat(environment.has("pythonLokyVersion")).isFalse();
    }

    @Test
    void toJson_run_hasSeedAndOrder() {
        JsonNode node = ResultsJson.toJson(run).path("run");
        assertThat(node.path("seed").asLong()).isEqualTo(5);
        assertThat(node.path("order")).hasSize(2);
        assertThat(node.path("order").path(0).path(0).asText()).isEqualTo("a loky-java");
    }

    @Test
    void toJson_contender_hasFiguresRatiosAndAllSamples() {
        JsonNode raw = contender("raw");
        assertThat(raw.path("median").asDouble()).isEqualTo(25);
        assertThat(raw.path("min").asDouble()).isEqualTo(20);
        assertThat(raw.path("max").asDouble()).isEqualTo(30);
        assertThat(raw.path("oursToThis").asDouble()).isEqualTo(1.4);
        assertThat(raw.path("oursToThisByRound").asDouble()).isEqualTo(1.417); // of 30/20 and 40/30
        JsonNode ours = contender("loky-java");
        assertThat(ours.has("oursToThis")).isFalse();
        assertThat(ours.path("rounds").path(1).path("round").asInt()).isEqualTo(2);
        assertThat(ours.path("rounds").path(1).path("samples").toString()).isEqualTo("[39.0,40.0,200.0]");
    }

    @Test
    void toJson_skippedContender_saysWhy() {
        JsonNode loky = contender("loky");
        assertThat(loky.path("problem").asText()).isEqualTo("skipped: no python");
        assertThat(loky.path("rounds")).isEmpty();
        assertThat(loky.has("median")).isFalse();
    }

    @Test
    void toJson_goals_sayHowFarOff() {
        JsonNode goals = ResultsJson.toJson(run).path("metrics").path(0).path("goals");
        assertThat(goals).hasSize(2);
        assertThat(goals.path(0).path("met").asBoolean()).isFalse();
        assertThat(goals.path(0).path("factor").asDouble()).isEqualTo(1.077); // 35 of 1.3 x 25
        assertThat(goals.path(0).path("outcome").asText()).isEqualTo("missed by 1.08x");
    }

    private JsonNode contender(String name) {
        JsonNode contenders = ResultsJson.toJson(run).path("metrics").path(0).path("contenders");
        assertThat(contenders.findValuesAsText("name")).isEqualTo(List.of("loky-java", "raw", "loky"));
        for (JsonNode contender : contenders) {
            if (contender.path("name").asText().equals(name)) {
                return contender;
            }
        }
        throw new AssertionError("no contender " + name);
    }
}
