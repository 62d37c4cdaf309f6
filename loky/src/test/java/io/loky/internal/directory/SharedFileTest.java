/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.internal.process.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedFileTest {
    @TempDir
    Path folder;

    @BeforeEach
    void useFolder() {
        System.setProperty(SharedFile.PROPERTY, folder.toString());
    }

    @AfterEach
    void reset() {
        System.clearProperty(SharedFile.PROPERTY);
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void write_ofAContent_isForThisUserAndNamedAfterThisProcess() throws IOException {
        SharedFile file = SharedFile.write(out -> out.write(new byte[] {1, 2}));

        assertThat(file.path()).hasParent(folder).hasBinaryContent(new byte[] {1, 2});
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                .isEqualTo("rw-------");
        assertThat(names()).singleElement().asString().startsWith("loky-data-" + ProcessIdentity.self() + "-");
        file.delete();
        file.delete();
        assertThat(names()).isEmpty();
    }

    /** No room: nothing is left of what was written. */
    @Test
    void write_thatFailsHalfWay_leavesNothing() throws IOException {
        assertThatThrownBy(() -> SharedFile.write(out -> {
                    out.write(new byte[100]);
                    throw new IOException("No space left on device");
                }))
                .hasMessage("No space left on device");

        assertThat(names()).isEmpty();
    }

    @Test
    void write_withoutDirectory_throws() {
        System.setProperty(SharedFile.PROPERTY, folder.resolve("none").toString());

        assertThatThrownBy(() -> SharedFile.write(out -> {})).isInstanceOf(IOException.class);
    }

    /** Only those of the writers that are asked for; no directory, no link, no other name. */
    @Test
    void sweep_ofAWriter_removesItsFilesOnly() throws IOException {
        String self = ProcessIdentity.self().toString();
        SharedFile own = SharedFile.write(out -> {});
        Files.createDirectory(folder.resolve("loky-data-" + self + "-directory"));
        Files.createSymbolicLink(folder.resolve("loky-data-" + self + "-link"), folder.resolve("precious"));
        Files.writeString(folder.resolve("precious"), "data");
        Files.writeString(folder.resolve("loky-data-" + self), "no random part");
        Files.writeString(folder.resolve("loky-data-1-1-x-1"), "of another");
        List<String> told = new ArrayList<>();

        SharedFile.sweep(ProcessIdentity.self()::equals, null, told::add);

        assertThat(own.path()).doesNotExist();
        assertThat(names()).hasSize(5);
        assertThat(told).containsExactly("swept " + own.path());
    }
}
