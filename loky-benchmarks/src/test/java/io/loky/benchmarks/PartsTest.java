/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.loky.benchmarks.parts.Parts;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartsTest {

    /** In this JVM, once for a millisecond each. */
    @Test
    void main_allParts_haveAFigure(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("parts.json");
        Parts.main(new String[] {
            "-f", "0", "-wi", "0", "-i", "1", "-r", "1ms", "-v", "SILENT", "-rf", "json", "-rff", file.toString()
        });
        JsonNode results = new ObjectMapper().readTree(file.toFile());
        assertThat(results.findValuesAsText("benchmark"))
                .extracting(name -> name.replaceAll(".*\\.(\\w+\\.\\w+)", "$1"))
                .containsExactlyInAnyOrder(
                        "CodecParts.decode",
                        "CodecParts.encode",
                        "FrameParts.read",
                        "FrameParts.write",
                        "StateParts.submitAndAnswer");
        for (JsonNode result : results) {
            assertThat(result.path("primaryMetric").path("score").asDouble()).isPositive();
        }
    }
}
