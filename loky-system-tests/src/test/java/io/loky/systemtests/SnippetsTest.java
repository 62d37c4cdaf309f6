/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java in pages that is not run by a test of its own compiles as it stands there. */
class SnippetsTest {
    @TempDir
    Path folder;

    @Test
    void crashReports_snippets_compile() throws Exception {
        List<String> snippets = Document.of("docs/crash-reports.md").snippets();

        assertThat(snippets).hasSize(1);
        Document.compile(folder, "Reports", Document.program("Reports", snippets.get(0)));
    }

    @Test
    void crashReports_timesAndGallery_areThereForEachDeath() throws Exception {
        Document page = Document.of("docs/crash-reports.md");

        assertThat(page.between("<!-- times -->", "<!-- end -->")
                        .lines()
                        .filter(line -> line.matches("\\| .+ \\| \\d+\\.\\d \\| \\d+\\.\\d \\|")))
                .hasSize(16);
        assertThat(page.text().split("<!-- gallery: ", -1)).hasSize(19);
    }

    @Test
    void testkit_snippets_compile() throws Exception {
        List<String> snippets = Document.of("docs/testkit.md").snippets();

        assertThat(snippets).hasSize(2);
        Document.compile(folder, "MyProgramTest", snippets.get(0));
        Document.compile(
                folder,
                "Chaos",
                Document.program(
                        "Chaos", "ProcessPoolExecutor pool = ProcessPoolExecutor.create(1);\n" + snippets.get(1)));
    }
}
