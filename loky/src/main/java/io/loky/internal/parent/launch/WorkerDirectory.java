/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.wire.WorkerArguments;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The directory of one worker: begin mark, argument file, crash log. Private to the user (the JDK makes temporary
 * directories so), named {@code loky-<pid of the parent>-...}. The parent deletes it when the worker has ended; where the
 * parent ended first, the worker does.
 */
record WorkerDirectory(Path path) {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    static WorkerDirectory create() throws IOException {
        return new WorkerDirectory(
                Files.createTempDirectory("loky-" + ProcessHandle.current().pid() + "-"));
    }

    Path markFile() {
        return path.resolve(WorkerArguments.MARK_FILE);
    }

    Path argumentFile() {
        return path.resolve("arguments");
    }

    void delete() {
        try {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the directory of a worker that has ended could not be deleted: " + path, e);
        }
    }
}
