/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Removes the directories of workers when this JVM exits. Workers remove their own when they find the parent gone; but a
 * Ctrl-C ends them together with the parent, and neither would. Where this JVM is killed no hook runs, and the workers do it.
 */
final class DirectoriesAtExit {
    private static final Set<WorkerDirectory> DIRECTORIES = ConcurrentHashMap.newKeySet();
    private static volatile boolean exiting;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(DirectoriesAtExit::deleteAll, "loky-exit"));
    }

    private DirectoriesAtExit() {}

    /**
     * @throws IOException if this JVM is exiting: no worker is started any more
     */
    static void add(WorkerDirectory directory) throws IOException {
        DIRECTORIES.add(directory);
        if (exiting) { // looked at after adding: either the hook has seen the directory, or this has seen the hook
            DIRECTORIES.remove(directory);
            throw new IOException("this JVM is exiting");
        }
    }

    static void remove(WorkerDirectory directory) {
        DIRECTORIES.remove(directory);
    }

    private static void deleteAll() {
        exiting = true;
        DIRECTORIES.forEach(WorkerDirectory::delete);
    }
}
