/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import java.io.File;
import java.nio.file.Path;

/** Removes this worker's directory where the parent, which normally does it, is gone. */
final class OwnDirectory {
    private OwnDirectory() {}

    /** Deletes the directory and the files in it, as far as possible: this is the last thing before the end. */
    @SuppressWarnings("ResultOfMethodCallIgnored")
    static void delete(Path directory) {
        File[] files = directory.toFile().listFiles();
        if (files != null) {
            for (File file : files) {
                file.delete();
            }
        }
        directory.toFile().delete();
    }
}
