/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** What tasks have done, in files that outlive their processes: who has executed which task, and how often. */
final class Traces implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String folder;

    Traces(Path folder) {
        this.folder = folder.toAbsolutePath().toString();
    }

    /** Called by the task with this number, each time that it is executed. */
    void leave(int number) throws IOException {
        Files.writeString(
                file(number),
                Processes.ownPid() + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND,
                StandardOpenOption.WRITE);
    }

    /** The pids of the processes that have executed the task with this number, one for each time. */
    List<Long> of(int number) throws IOException {
        try {
            return Files.readAllLines(file(number)).stream().map(Long::valueOf).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private Path file(int number) {
        return Path.of(folder, "trace-" + number);
    }
}
