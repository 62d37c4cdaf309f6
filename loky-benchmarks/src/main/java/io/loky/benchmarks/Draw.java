/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.benchmarks.Charts.Chart;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Draws the charts of a run, and fills its tables, and links to the charts, into documents, at the places that {@link Markers}
 * tells: {@code Draw RESULTS.json... [CHARTS_FOLDER DOCUMENT...]}, from the root of the project by default into {@code docs/charts},
 * {@code docs/performance.md} and {@code README.md}. Of several results, those of several JDKs for example, there is a table each; the charts are those of
 * the first.
 *
 * <p>Names of places: {@code machine}, {@code pool}, {@code scale}, {@code jobs}, {@code goals} for tables, {@code charts} for
 * all pictures, {@code chart NAME} for one.
 */
public final class Draw {

    private static final List<String> DEFAULTS = List.of("docs/charts", "docs/performance.md", "README.md");
    private static final String CHARTS = "charts";
    private static final String CHART = "chart ";

    private final List<ResultsFile> results;
    private final Map<String, Chart> charts;
    private final Path folder;

    private Draw(List<ResultsFile> results, Path folder) {
        this.results = results;
        this.charts = new Charts(results.get(0)).all();
        this.folder = folder;
    }

    /**
     * Draws and fills.
     *
     * @param args see above
     * @throws IOException if something cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        List<String> words = List.of(args);
        List<Path> results = words.stream()
                .takeWhile(word -> word.endsWith(".json"))
                .map(Path::of)
                .toList();
        List<String> places = words.subList(results.size(), words.size());
        if (results.isEmpty() || places.size() == 1) {
            System.err.println("usage: Draw RESULTS.json... [CHARTS_FOLDER DOCUMENT...]");
            System.exit(2);
        }
        run(results, places.isEmpty() ? DEFAULTS : places, System.out);
    }

    /**
     * @param files at least one
     * @param places the folder for the charts, then the documents
     */
    static void run(List<Path> files, List<String> places, PrintStream out) throws IOException {
        List<ResultsFile> results = new ArrayList<>();
        for (Path file : files) {
            results.add(ResultsFile.read(file));
        }
        Draw draw = new Draw(results, Path.of(places.get(0)));
        draw.drawAll(out);
        for (String document : places.subList(1, places.size())) {
            draw.fill(Path.of(document), out);
        }
    }

    private void drawAll(PrintStream out) throws IOException {
        Files.createDirectories(folder);
        for (Map.Entry<String, Chart> chart : charts.entrySet()) {
            Path file = folder.resolve(chart.getKey() + ".svg");
            Files.writeString(file, chart.getValue().svg());
            out.println(file);
        }
    }

    private void fill(Path document, PrintStream out) throws IOException {
        String before = Files.readString(document);
        String after = Markers.fill(before, name -> content(name, document));
        if (!after.equals(before)) {
            Files.writeString(document, after);
            out.println(document);
        }
    }

    private String content(String name, Path document) {
        if (name.equals(CHARTS)) {
            return charts.keySet().stream()
                    .map(chart -> picture(chart, document))
                    .collect(Collectors.joining("\n\n"));
        }
        return name.startsWith(CHART) ? picture(name.substring(CHART.length()), document) : tables(name);
    }

    private String tables(String name) {
        return results.stream()
                .map(each -> heading(each) + new Tables(each).named(name).strip())
                .collect(Collectors.joining("\n\n"));
    }

    /** Says of which Java a table is, where there are several. */
    private String heading(ResultsFile file) {
        return results.size() == 1 ? "" : "Java " + file.environment("javaVersion") + ":\n\n";
    }

    /** Nothing, where the results do not have it: no picture is better than a missing one. */
    private String picture(String name, Path document) {
        Chart chart = charts.get(name);
        if (chart == null) {
            return "";
        }
        Path from = document.toAbsolutePath().getParent();
        Path file = folder.toAbsolutePath().resolve(name + ".svg");
        String link = (from == null ? file : from.relativize(file)).toString().replace('\\', '/');
        return "![" + chart.words() + "](" + link + ")";
    }
}
