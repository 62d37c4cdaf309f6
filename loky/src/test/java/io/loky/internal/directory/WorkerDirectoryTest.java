/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void make_somebodyHasPutALinkThere_isRefusedAndItsTargetLeftAlone(@TempDir Path target) throws IOException {
        Path file = Files.writeString(target.resolve("begun"), "precious");
        WorkerDirectory directory = WorkerDirectory.choose();
        Files.createSymbolicLink(directory.path(), target);
        try {
            assertThatIOException()
                    .isThrownBy(directory::make)
                    .withMessageContaining(directory.path().toString())
                    .withMessageContaining("was not made by this pool");
            assertThatIOException().isThrownBy(directory::delete).withMessageContaining("is left as it is");
            assertThat(file).hasContent("precious");
        } finally {
            Files.delete(directory.path());
        }
    }

    @Test
    void make_somebodyHasPutAFileOrAnOpenDirectoryThere_isRefused() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
        WorkerDirectory file = WorkerDirectory.choose();
        WorkerDirectory open = WorkerDirectory.choose();
        Files.createFile(file.path());
        Files.createDirectory(open.path());
        Files.setPosixFilePermissions(open.path(), PosixFilePermissions.fromString("rwxrwxrwx"));
        try {
            assertThatIOException().isThrownBy(file::make);
            assertThatIOException().isThrownBy(open::make);
        } finally {
            Files.delete(file.path());
            Files.delete(open.path());
        }
    }
}
