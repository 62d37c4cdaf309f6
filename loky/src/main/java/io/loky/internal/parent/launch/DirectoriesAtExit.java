/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.directory.WorkerDirectory;
import io.loky.internal.parent.jvm.ExitHook;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The directories of workers that have not ended. At the exit of this JVM the pools end their workers, whose directories are
 * then removed as always; this removes those of workers that did not end in time. Where this JVM is killed no hook runs, and
 * the workers do it.
 */
final class DirectoriesAtExit implements ExitHook.AtExit {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");
    private static final Set<WorkerDirectory> DIRECTORIES = ConcurrentHashMap.newKeySet();

    static {
        ExitHook.add(new DirectoriesAtExit());
    }

    private DirectoriesAtExit() {}

    /**
     * @throws IOException if this JVM is exiting: no worker is started any more
     */
    static void add(WorkerDirectory directory) throws IOException {
        DIRECTORIES.add(directory);
        if (ExitHook.isExiting()) { // looked at after adding: either the hook has seen it, or this has seen the hook
            DIRECTORIES.remove(directory);
            throw new IOException("this JVM is exiting");
        }
    }

    /** The worker has ended. */
    static void delete(WorkerDirectory directory) {
        try {
            directory.delete();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the directory of a worker could not be deleted: " + directory.path(), e);
        }
        DIRECTORIES.remove(directory); // last: until then the exit of this JVM sees to it
    }

    @Override
    public void clean() {
        DIRECTORIES.forEach(DirectoriesAtExit::delete);
    }
}
