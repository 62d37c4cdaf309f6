/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewestFilesTest {
    @TempDir
    private Path folder;

    @Test
    void keep_moreThanMayStay_deletesTheOldestAndNothingElse() throws IOException {
        for (int i = 1; i <= 5; i++) {
            Files.writeString(folder.resolve("log-" + i + ".log"), "");
        }
        Path other = Files.writeString(folder.resolve("log-0.txt"), "");
        Path directory = Files.createDirectory(folder.resolve("log-0.log"));

        NewestFiles.keep(folder, "log-*.log", 2);

        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left)
                    .containsExactlyInAnyOrder(
                            other, directory, folder.resolve("log-4.log"), folder.resolve("log-5.log"));
        }
    }

    /** The caller has written its file: that it is there must be told. */
    @Test
    void keep_whereNothingCanBeListed_doesNotFail() {
        assertThatNoException().isThrownBy(() -> NewestFiles.keep(folder.resolve("gone"), "*", 2));
    }
}
