/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 30, unit = SECONDS)
class JarFinderTest {

    @TempDir
    private Path temporary;

    private Path folder;
    private Path one;
    private Path two;

    @BeforeEach
    void fill() throws IOException {
        folder = temporary.toRealPath().resolve("root");
        two = file("b/two.jar");
        one = file("a/deep/one.JAR");
        file("a/one.jar.sha1");
        file("a/jar");
        Files.createDirectories(folder.resolve("a/folder.jar"));
    }

    @Test
    void find_folder_findsItsJarsSorted() throws IOException {
        assertThat(find(folder).jars()).containsExactly(one, two);
    }

    @Test
    void find_folderTwiceAndItsSubFolder_findsEachJarOnce() throws IOException {
        Path detour = folder.resolve("a/../b/..");

        assertThat(find(folder.resolve("b"), folder, folder, detour, folder.resolve("a/deep"))
                        .jars())
                .containsExactly(one, two);
    }

    @Test
    void find_loopsOfLinks_comesToAnEnd() throws IOException {
        Files.createSymbolicLink(folder.resolve("a/up"), folder);
        Files.createSymbolicLink(folder.resolve("b/other"), folder.resolve("a"));
        Files.createSymbolicLink(folder.resolve("a/other"), folder.resolve("b"));
        Files.createSymbolicLink(folder.resolve("self"), folder.resolve("self"));

        JarFinder.Found found = find(folder);

        assertThat(found.jars()).containsExactly(one, two);
        assertThat(found.skipped()).isEmpty();
    }

    @Test
    void find_ladderOfLinks_entersEachFolderOnce() throws IOException {
        Path rung = folder.resolve("rung40");
        Files.createDirectory(rung);
        for (int i = 39; i >= 0; i--) { // 2 to the 40th ways to the top
            Path below = Files.createDirectory(folder.resolve("rung" + i));
            Files.createSymbolicLink(below.resolve("left"), rung);
            Files.createSymbolicLink(below.resolve("right"), rung);
            rung = below;
        }

        assertThat(find(folder).jars()).containsExactly(one, two);
    }

    @Test
    void find_linkToAJar_findsTheJarOnce() throws IOException {
        Path elsewhere = Files.createFile(temporary.toRealPath().resolve("elsewhere.zip"));
        Files.createSymbolicLink(folder.resolve("link.jar"), elsewhere);
        Files.createSymbolicLink(folder.resolve("link2.jar"), two);

        assertThat(find(folder).jars()).containsExactly(elsewhere, one, two);
    }

    @Test
    void find_linkToNowhere_isLeftForTheCensusToReport() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link.jar"), folder.resolve("nowhere"));

        assertThat(find(folder).jars()).containsExactly(one, two, link);
    }

    @Test
    void find_folderThatIsALink_isFollowed() throws IOException {
        Path link = Files.createSymbolicLink(temporary.resolve("link"), folder);

        assertThat(find(link).jars()).containsExactly(one, two);
    }

    private static JarFinder.Found find(Path... folders) throws IOException {
        return JarFinder.find(List.of(folders));
    }

    private Path file(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }
}
