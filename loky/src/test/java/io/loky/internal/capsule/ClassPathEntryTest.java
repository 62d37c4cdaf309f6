/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.capsule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPathEntryTest {
    @TempDir
    private Path folder;

    @Test
    void difference_ofAFile_isThatItHasChangedOrIsGone() throws IOException {
        Path jar = Files.writeString(folder.resolve("a.jar"), "one");
        ClassPathEntry entry = ClassPathEntry.of(jar.toString());
        assertThat(entry.difference()).isEmpty();

        Files.writeString(jar, "another");
        assertThat(entry.difference()).hasValue(jar + " has been changed since");

        Files.delete(jar);
        assertThat(entry.difference()).hasValue(jar + " is not there any more");
    }

    @Test
    void difference_ofAFolder_isThatItIsGoneOrAFile() throws IOException {
        Path classes = Files.createDirectory(folder.resolve("classes"));
        ClassPathEntry entry = ClassPathEntry.of(classes.toString());
        assertThat(entry.difference()).isEmpty();

        Files.delete(classes);
        assertThat(entry.difference()).hasValue(classes + " is not there any more");

        Files.writeString(classes, "");
        assertThat(entry.difference()).hasValue(classes + " has been changed since");
    }

    @Test
    void difference_ofWhatWasNeverThere_isNone() {
        assertThat(ClassPathEntry.of(folder.resolve("x").toString()).difference())
                .isEmpty();
        assertThat(ClassPathEntry.of("\0").difference()).isEmpty();
    }
}
