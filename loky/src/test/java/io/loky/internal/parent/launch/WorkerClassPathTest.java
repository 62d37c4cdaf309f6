/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.directory.WorkerDirectory;
import io.loky.internal.parent.classes.ClassSupply;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WorkerClassPathTest {

    @Test
    void get_anyClassPath_beginsWithThisLibrary() throws Exception {
        assertThat(entries().get(0)).isEqualTo(library());
    }

    @Test
    void get_relativeAndEmptyEntries_areAbsolute() throws Exception {
        String absolute = Path.of("/opt/app.jar").toAbsolutePath().toString();
        try (var scope = new ClassPathProperty("lib/a.jar", "", "./x/../b.jar", absolute)) {
            Path here = Path.of("").toAbsolutePath();
            assertThat(entries())
                    .containsExactly(
                            library(),
                            here.resolve("lib/a.jar").toString(),
                            here.toString(),
                            here.resolve("./x/../b.jar").toString(), // x may be a link
                            absolute);
        }
    }

    @Test
    void get_theLibraryIsOnTheClassPath_isThereOnce() throws Exception {
        try (var scope = new ClassPathProperty("/opt/a.jar", library(), "/opt/a.jar")) {
            assertThat(entries())
                    .containsExactly(
                            library(), Path.of("/opt/a.jar").toAbsolutePath().toString());
        }
    }

    private static List<String> entries() throws Exception {
        List<String> program = ClassSupply.ofThisProgram(null).classPath();
        return List.of(
                WorkerClassPath.get(WorkerDirectory.choose(), program).split(Pattern.quote(File.pathSeparator), -1));
    }

    private static String library() throws URISyntaxException {
        return Path.of(JavaCommand.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
    }
}
