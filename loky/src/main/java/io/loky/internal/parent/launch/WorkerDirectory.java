/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.wire.PrivateDirectory;
import io.loky.internal.wire.WorkerArguments;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * The directory of one worker: begin mark, argument file, crash log. Named {@code loky-<pid of the parent>-...}; see {@link
 * PrivateDirectory} for who makes it. The parent deletes it when the worker has ended; where the parent ended first, the
 * worker does.
 */
record WorkerDirectory(Path path) {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A name in the directory for temporary files; nothing is made. */
    static WorkerDirectory choose() {
        String name = "loky-" + ProcessHandle.current().pid() + "-" + Long.toUnsignedString(RANDOM.nextLong(), 36);
        return new WorkerDirectory(
                Path.of(System.getProperty("java.io.tmpdir"), name).toAbsolutePath());
    }

    Path markFile() {
        return path.resolve(WorkerArguments.MARK_FILE);
    }

    Path argumentFile() {
        return path.resolve("arguments");
    }

    void delete() {
        try {
            PrivateDirectory.delete(path);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the directory of a worker that has ended could not be deleted: " + path, e);
        }
    }
}
