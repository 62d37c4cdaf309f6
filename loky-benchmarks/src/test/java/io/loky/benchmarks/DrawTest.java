/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrawTest {

    private List<Path> files = List.of();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @BeforeEach
    void writeResults() throws IOException {
        Results results = Runs.roundTrips();
        results.cell(Metric.ROUND_TRIP, "concurrent.futures").add(1, new double[] {350});
        for (Metric metric : List.of(Metric.SCALE_1, Metric.SCALE_8, Metric.SCALE_64)) {
            results.cell(metric, LokyJava.NAME).add(1, new double[] {100_000});
            results.cell(metric, ThreadPool.NAME).add(1, new double[] {4_000_000});
        }
        results.cell(Metric.CENSUS_2, LokyJava.NAME).add(1, new double[] {550});
        results.cell(Metric.CENSUS_2, ThreadPool.NAME).add(1, new double[] {500});
        Run run = Runs.of(results, Metric.ROUND_TRIP, Metric.SCALE_1, Metric.SCALE_8, Metric.SCALE_64, Metric.CENSUS_2);
        files = List.of(directory.resolve("results.json"));
        ResultsJson.write(run, files.get(0));
    }

    @Test
    void run_results_drawsAPictureForEachThatWasMeasured() throws Exception {
        draw();
        try (Stream<Path> charts = Files.list(directory.resolve("docs/charts"))) {
            assertThat(charts.map(chart -> chart.getFileName().toString()))
                    .containsExactlyInAnyOrder("round-trip.svg", "scale.svg", "jobs.svg");
        }
        for (String name : List.of("round-trip", "scale", "jobs")) {
            Path chart = directory.resolve("docs/charts/" + name + ".svg");
            assertThat(DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(chart.toFile())
                            .getDocumentElement()
                            .getTagName())
                    .isEqualTo("svg");
            assertThat(chart).content().contains("prefers-color-scheme: dark");
        }
        assertThat(directory.resolve("docs/charts/round-trip.svg"))
                .content()
                .contains("loky-java", "35.0 µs", "concurrent.futures", "less is better");
        assertThat(directory.resolve("docs/charts/scale.svg"))
                .content()
                .contains("threads", "logarithmic scale", "more is better");
    }

    @Test
    void run_places_areFilledAndCanBeFilledAgain() throws IOException {
        Path document = directory.resolve("docs/page.md");
        Files.createDirectories(document.getParent());
        Files.writeString(document, """
                # Page
                <!-- results: machine -->
                <!-- end of results -->
                between
                <!-- results: jobs -->
                old
                <!-- end of results -->
                <!-- results: pool -->
                <!-- end of results -->
                <!-- results: chart round-trip -->
                <!-- end of results -->
                <!-- results: chart memory -->
                <!-- end of results -->
                after
                """);
        draw(document);
        String first = Files.readString(document);
        assertThat(first)
                .contains(
                        "2026-01-02T03:04:05Z: Java 17.0.15",
                        "between",
                        "| **w2** a census of jars, 2 workers or threads | 550.0 | 500.0 | +10.0 % |",
                        "| | unit | loky-java | raw | concurrent.futures |",
                        "![Warm round trip of a task that does nothing](charts/round-trip.svg)",
                        "after")
                .doesNotContain("old", "memory.svg");
        draw(document);
        assertThat(document).hasContent(first);
    }

    @Test
    void run_severalResults_eachHasItsTable() throws IOException {
        Path document = directory.resolve("page.md");
        Files.writeString(document, "<!-- results: pool -->\n<!-- end of results -->\n");
        Path other = directory.resolve("other.json");
        Files.writeString(other, Files.readString(files.get(0)).replace("17.0.15", "25.0.3"));
        files = List.of(files.get(0), other);
        draw(document);
        assertThat(document)
                .content()
                .containsSubsequence("Java 17.0.15:\n\n| |", "Java 25.0.3:\n\n| |", "<!-- end of results -->");
    }

    @Test
    void run_nameThatIsNone_saysWhichThereAre() throws IOException {
        Path document = directory.resolve("page.md");
        Files.writeString(document, "<!-- results: nonsense -->\n<!-- end of results -->\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> draw(document))
                .withMessage("no table 'nonsense'; there are machine, pool, scale, jobs, goals, charts");
    }

    private void draw(Path... documents) throws IOException {
        Stream<Path> places = Stream.concat(Stream.of(directory.resolve("docs/charts")), Stream.of(documents));
        Draw.run(files, places.map(Path::toString).toList(), new PrintStream(out, true, StandardCharsets.UTF_8));
    }
}
