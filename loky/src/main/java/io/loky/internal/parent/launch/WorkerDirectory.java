/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.process.ProcessIdentity;
import io.loky.internal.wire.PrivateDirectory;
import io.loky.internal.wire.WorkerArguments;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The directory of one worker: begin mark, pulse, argument file, crash log. Named {@code loky-<the parent's
 * ProcessIdentity>-<random>}; see {@link PrivateDirectory} for who makes it. The parent deletes it when the worker has ended;
 * where the parent ended first, the worker does; where both were killed, {@link Leftovers}.
 */
record WorkerDirectory(Path path) {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");
    private static final SecureRandom RANDOM = new SecureRandom();

    static final String PREFIX = "loky-";

    /** A name in the directory for temporary files; nothing is made. */
    static WorkerDirectory choose() {
        String random = Long.toUnsignedString(RANDOM.nextLong(), Character.MAX_RADIX);
        return new WorkerDirectory(parent().resolve(PREFIX + ProcessIdentity.self() + "-" + random));
    }

    /** Where all of them are: the directory for temporary files. */
    static Path parent() {
        return Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
    }

    /** Who made a directory of this name; empty if it is not one of ours. */
    static Optional<ProcessIdentity> parentOf(Path directory) {
        String name = directory.getFileName().toString();
        int random = name.lastIndexOf('-');
        return name.startsWith(PREFIX) && random > PREFIX.length()
                ? ProcessIdentity.parse(name.substring(PREFIX.length(), random))
                : Optional.empty();
    }

    Path markFile() {
        return path.resolve(WorkerArguments.MARK_FILE);
    }

    Path pulseFile() {
        return path.resolve(WorkerArguments.PULSE_FILE);
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
