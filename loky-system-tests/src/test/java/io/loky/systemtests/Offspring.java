/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import io.loky.ProcessPoolExecutor;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The processes that a task starts, and whether they are still there. Only SIGKILL ends them early; they end by themselves
 * after a few minutes. Each is known by a file with its pid.
 */
final class Offspring implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Writes its pid to the file that is named by its argument, and becomes a process that does nothing. */
    private static final String SCRIPT = """
            trap '' HUP INT TERM
            echo $$ > "$1.new"
            mv "$1.new" "$1"
            exec sleep 300
            """;

    /** How a process comes from a task. */
    enum Kind {
        /** Started by the task itself; it has the task's output streams. */
        CHILD,

        /** The child of a child that waits for it. */
        GRANDCHILD,

        /** The child of a child that has ended: no longer below the task in the tree of processes. */
        ORPHAN,

        /** A child in a session of its own. */
        DETACHED,

        /** The worker of a pool that the task has made and not closed. */
        NESTED,

        /** A child of such a worker. */
        CHILD_OF_NESTED
    }

    private final String folder;

    Offspring(Path folder) throws IOException {
        this.folder = folder.toAbsolutePath().toString();
        Files.writeString(script(), SCRIPT);
    }

    // ---- for the task -----------------------------------------------------------------------------------------------

    /** Starts processes and waits until each is there. */
    void start(Kind... kinds) throws Exception {
        for (Kind kind : kinds) {
            switch (kind) {
                case CHILD ->
                    new ProcessBuilder("sh", script().toString(), file(kind).toString())
                            .inheritIO()
                            .start();
                case GRANDCHILD -> start(kind, "sh", "-c", "sh \"$0\" \"$1\" & wait");
                case ORPHAN -> start(kind, "sh", "-c", "sh \"$0\" \"$1\" &");
                case DETACHED -> start(kind, "setsid", "sh");
                case NESTED -> startNested();
                case CHILD_OF_NESTED -> throw new IllegalArgumentException("comes with NESTED");
            }
        }
        for (Kind kind : kinds) {
            Await.until(kind + " is there", () -> Files.exists(file(kind)));
        }
    }

    private void start(Kind kind, String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of(command));
        all.add(script().toString());
        all.add(file(kind).toString());
        new ProcessBuilder(all).start();
    }

    private void startNested() throws Exception {
        Files.writeString(Path.of(folder, "task"), Long.toString(Processes.ownPid()));
        // not closed: it goes with the task's process
        ProcessPoolExecutor pool = ProcessPoolExecutor.create(1);
        Files.writeString(
                file(Kind.NESTED),
                Long.toString(pool.submit(() -> Processes.ownPid()).get()));
        pool.submit(() -> start(Kind.CHILD_OF_NESTED, "sh")).get();
        Await.until("it has a child", () -> Files.exists(file(Kind.CHILD_OF_NESTED)));
    }

    // ---- for the test -----------------------------------------------------------------------------------------------

    /** Those that are still there. */
    List<Kind> alive() throws IOException {
        List<Kind> alive = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            if (Files.exists(file(kind)) && Processes.isAlive(pid(kind))) {
                alive.add(kind);
            }
        }
        return alive;
    }

    /** All of them, and the directories of a nested pool, have to be gone 5 s after their task's process. */
    void assertGone() throws Exception {
        Await.untilWithin(
                5,
                "nothing that the task has started is left",
                () -> alive().isEmpty() && nestedDirectories().isEmpty(),
                this::toString);
    }

    /** After a failed test: nothing of it may get into the way of others. */
    void kill() throws IOException {
        for (Kind kind : alive()) {
            Processes.killIfAlive(pid(kind));
        }
        Processes.delete(nestedDirectories());
    }

    /** Of the task's own pool. */
    private List<Path> nestedDirectories() throws IOException {
        Path task = Path.of(folder, "task");
        return Files.exists(task) ? Processes.directoriesOf(Long.parseLong(Files.readString(task))) : List.of();
    }

    private Path file(Kind kind) {
        return Path.of(folder, kind.name());
    }

    private Path script() {
        return Path.of(folder, "script");
    }

    long pid(Kind kind) throws IOException {
        return Long.parseLong(Files.readString(file(kind)).trim());
    }

    @Override
    public String toString() {
        try {
            return "alive: " + alive() + ", directories: " + nestedDirectories();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
