/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.loky.Broadcast;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.systemtests.ParentWithWorkers.Ending;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However a program ends, nothing of what it has broadcast is left. */
class BroadcastEndTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private ChildJvm start(Ending ending, int workers) throws Exception {
        ChildJvm parent = ChildJvm.start(Program.class, ending.name(), Integer.toString(workers), folder.toString());
        if (ending == Ending.WAIT) {
            parent.awaitOut("READY");
            assertThat(Processes.sharedFilesOf(parent.pid())).hasSize(1);
        }
        return parent;
    }

    /** It ends by itself, without having closed anything. */
    @ParameterizedTest
    @EnumSource(
            value = Ending.class,
            names = {"RETURN", "EXIT", "HALT"})
    void program_endsItself_nothingIsLeft(Ending ending) throws Exception {
        try (ChildJvm parent = start(ending, 1)) {
            assertThat(parent.exitCode()).isIn(0, 7, 8);

            assertThat(parent.out()).isEqualTo("READY\n");
            assertThat(parent.err()).isEmpty();
            Processes.assertNothingIsLeftOf(parent.pid());
        }
    }

    /** It is killed: its workers remove the file. One of them has a pool of its own, and has shared the value with that. */
    @Test
    void program_isKilled_itsWorkersRemoveTheFiles() throws Exception {
        try (ChildJvm parent = start(Ending.WAIT, 2)) {
            long nesting = Long.parseLong(Files.readString(folder.resolve("nesting")));
            assertThat(Processes.sharedFilesOf(nesting)).hasSize(1);

            parent.kill();

            Processes.assertNothingIsLeftOf(parent.pid());
            Processes.assertNothingIsLeftOf(nesting);
        }
    }

    /** It is killed together with its workers: the next program removes the file, and no other one. */
    @Test
    void program_isKilledWithItsWorkers_theNextOneSweeps() throws Exception {
        List<Path> left;
        try (ChildJvm parent = start(Ending.WAIT, 1)) {
            left = Processes.sharedFilesOf(parent.pid());
            List<Long> workers = Processes.workersOf(parent.pid());
            assertThat(workers).hasSize(1);
            Processes.stop(parent.pid()); // it must not clean up after its workers
            workers.forEach(Processes::kill);
            parent.kill();
            assertThat(left).allMatch(Files::exists);
        }
        Path file = left.get(0);
        String name = file.getFileName().toString();
        String identity = name.substring(0, name.lastIndexOf('-'));
        List<Path> alike = new ArrayList<>();
        alike.add(file.resolveSibling(identity + "x-other")); // another boot, or container
        alike.add(file.resolveSibling(identity.replace("loky-data-", "loky-data-x") + "-1"));
        Path link = file.resolveSibling(identity + "-link");
        Path directory = file.resolveSibling(identity + "-directory");
        try {
            for (Path other : alike) {
                Files.writeString(other, "data");
            }
            Files.createSymbolicLink(link, alike.get(0));
            Files.createDirectory(directory);

            try (ChildJvm next = start(Ending.WAIT, 1)) {
                Await.until("swept", () -> !Files.exists(file));
                assertThat(alike).allMatch(Files::exists);
                assertThat(Files.isSymbolicLink(link)).isTrue();
                assertThat(directory).isDirectory();
                assertThat(Processes.sharedFilesOf(next.pid())).hasSize(1);
                next.kill();
                Processes.assertNothingIsLeftOf(next.pid());
            }
        } finally {
            for (Path other : alike) {
                Files.deleteIfExists(other);
            }
            Files.deleteIfExists(link);
            Files.deleteIfExists(directory);
            Files.deleteIfExists(file);
        }
    }

    /** Where shared memory is full the value goes over the channel, and no half of it is left in there. */
    @Test
    void program_withoutRoomInSharedMemory_usesTheChannel() throws Exception {
        String[] small = {"unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=1m none /dev/shm && exec \"$0\" \"$@\""};
        List<String> trial = new ArrayList<>(List.of(small));
        trial.add("true");
        assumeTrue(
                new ProcessBuilder(trial).redirectErrorStream(true).start().waitFor() == 0,
                "only root can give a process another /dev/shm");
        try (ChildJvm parent =
                ChildJvm.of(WithoutRoom.class).prefix(small).jvmArgs("-Xmx256m").start()) {
            assertThat(parent.exitCode()).as("%s", parent).isZero();
            assertThat(parent.out()).isEqualTo("2097152 elements, 7 at the end, files []\n");
            assertThat(parent.err()).contains("over its channel").contains("No space left on device");
        }
    }

    static final class WithoutRoom {
        private WithoutRoom() {}

        public static void main(String[] args) throws Exception {
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
                int[] value = new int[2 << 20];
                value[value.length - 1] = 7;
                Broadcast<int[]> broadcast = pool.broadcast(value);
                String seen = Await.result(pool.submit(() -> {
                    int[] received = broadcast.get();
                    return received.length + " elements, " + received[received.length - 1] + " at the end, files ";
                }));
                System.out.println(seen + Processes.sharedFilesOf(Processes.ownPid()));
            }
        }
    }

    /** Broadcasts to its workers, says so, and ends as it is told. */
    static final class Program {
        /** Held until the end: what is dropped is released. */
        private static final List<Object> HELD = new ArrayList<>();

        private Program() {}

        public static void main(String[] args) throws Exception {
            ProcessPoolExecutor pool = ProcessPoolExecutor.create(ProcessPoolOptions.builder()
                    .maxWorkers(Integer.parseInt(args[1]))
                    .idleTimeout(Duration.ofHours(1))
                    .build());
            Broadcast<int[]> broadcast = pool.broadcast(new int[1 << 20]);
            HELD.add(pool);
            HELD.add(broadcast);
            Await.result(pool.submit(() -> broadcast.get().length));
            if (args[1].equals("2")) {
                Gate nesting = new Gate(Path.of(args[2]), "nests");
                Path note = Path.of(args[2], "nesting");
                String file = note.toString();
                pool.execute(() -> {
                    try (ProcessPoolExecutor inner = ProcessPoolExecutor.create(1)) {
                        inner.submit(() -> broadcast.get().length).get();
                        Files.writeString(
                                Path.of(file),
                                Long.toString(ProcessHandle.current().pid()));
                        nesting.open();
                        Thread.sleep(600_000);
                    }
                });
                nesting.await();
            }
            System.out.println("READY");
            Ending.valueOf(args[0]).end();
        }
    }
}
