/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

class WorkerDirectoryTest {

    @Test
    void choose_twice_givesTwoNamesAfterThisProcess_andMakesNothing() throws IOException {
        WorkerDirectory first = WorkerDirectory.choose();
        WorkerDirectory second = WorkerDirectory.choose();
        assertThat(first.path()).doesNotExist().isNotEqualTo(second.path());
        try {
            first.make();
            first.make();

            assertThat(first.path()).isDirectory();
            assertThat(first.path().getFileName().toString())
                    .startsWith("loky-" + ProcessHandle.current().pid() + "-");
            if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(first.path())))
                        .isEqualTo("rwx------");
            }
        } finally {
            first.delete();
            second.delete();
        }
    }

    @Test
    void delete_directoryWithFiles_removesAllOfIt() throws IOException {
        WorkerDirectory directory = WorkerDirectory.choose();
        directory.make();
        Files.writeString(directory.markFile(), "x");
        Files.writeString(directory.argumentFile(), "y");

        directory.delete();
        directory.delete();

        assertThat(directory.path()).doesNotExist();
    }
}
