/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveKeyTest {
    private static final FileTime THEN = FileTime.fromMillis(1_700_000_000_000L);

    @TempDir
    private Path folder;

    private Path library;
    private Path home;

    @BeforeEach
    void makeFiles() throws IOException {
        library = write("a/loky.jar", "the library");
        home = folder.resolve("jdk");
        write("jdk/release", "JAVA_VERSION=\"17.0.1\"");
        write("jdk/lib/modules", "the modules");
    }

    @Test
    void of_theSame_isTheSame() throws IOException {
        assertThat(key()).isEqualTo(key()).matches("[0-9a-f]{16}");
    }

    @Test
    void of_whateverIsDifferent_isAnother() throws IOException {
        List<String> keys = new ArrayList<>(List.of(key()));

        keys.add(ArchiveKey.of(write("b/loky.jar", "the library"), home, List.of())); // Java 17 looks at the path
        keys.add(ArchiveKey.of(write("c/loky.jar", "another one"), home, List.of()));
        keys.add(ArchiveKey.of(library, home, List.of("--enable-preview")));
        Files.setLastModifiedTime(library, FileTime.fromMillis(THEN.toMillis() + 1000)); // and at this
        keys.add(key());
        write("jdk/release", "JAVA_VERSION=\"17.0.2\"");
        keys.add(key());
        write("jdk/lib/modules", "other modules");
        keys.add(key());
        write("jdk/lib/server/libjvm.so", "the JVM");
        keys.add(key());

        assertThat(keys).doesNotHaveDuplicates();
    }

    /** Where a tool gives each file of a build the same time, only its content tells it from the one before. */
    @Test
    void content_oneByteOfManyIsDifferent_isAnother() throws IOException {
        byte[] bytes = new byte[200_000];
        Path file = Files.write(folder.resolve("x"), bytes);
        FileContent before = FileContent.of(file);
        bytes[150_000] = 1;
        Files.write(file, bytes);

        assertThat(FileContent.of(file)).isNotEqualTo(before);
        assertThat(FileContent.of(file).size()).isEqualTo(before.size());
    }

    @Test
    void of_noLibraryOrNoJava_throws() {
        assertThatIOException().isThrownBy(() -> ArchiveKey.of(folder.resolve("missing"), home, List.of()));
        assertThatIOException().isThrownBy(() -> ArchiveKey.of(library, folder.resolve("missing"), List.of()));
    }

    private String key() throws IOException {
        return ArchiveKey.of(library, home, List.of());
    }

    private Path write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        return Files.setLastModifiedTime(file, THEN);
    }
}
