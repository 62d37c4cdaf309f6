/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.loky.ProcessPoolExecutor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a parent and its workers leave when all of them are killed is removed by the next program of the same user that
 * starts a worker; and nothing else is. Each test has a directory for temporary files of its own.
 */
class SweepTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // before each test
    private Path temporary;

    private int sweeps;

    @BeforeEach
    void makeTemporaryDirectory() throws IOException {
        temporary = Files.createDirectory(folder.resolve("tmp"));
    }

    private ChildJvm start(String gate) throws IOException {
        return ChildJvm.of(Program.class)
                .jvmArgs("-Djava.io.tmpdir=" + temporary)
                .args(folder.toString(), gate)
                .start();
    }

    private Set<String> names() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("loky"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** The directories that a parent and its two workers leave when all three are killed at once. */
    private List<Name> leaveTwo() throws Exception {
        try (ChildJvm parent = start("never")) {
            parent.awaitOut("READY");
            List<Long> workers = workersIn(temporary);
            assertThat(workers).hasSize(2);
            Set<String> left = names();
            assertThat(left).hasSize(2);

            Processes.stop(parent.pid()); // it must not clean up after its workers
            workers.forEach(Processes::kill);
            parent.kill();

            assertThat(names()).as("nobody is left who could remove them").isEqualTo(left);
            return left.stream().map(Name::parse).toList();
        }
    }

    /** The workers of a parent with another directory for temporary files than this JVM. */
    private static List<Long> workersIn(Path temporary) {
        return Processes.workersBelowThisJvm().stream()
                .filter(pid -> Processes.commandLine(pid).contains(temporary.toString()))
                .toList();
    }

    /** Runs a program that starts workers, waits until what it is to sweep is gone, and returns what there was then. */
    private Set<String> sweep(List<String> expectedToGo) throws Exception {
        String end = "end-" + sweeps++;
        try (ChildJvm sweeper = start(end)) {
            sweeper.awaitOut("READY");
            Await.until(
                    "swept",
                    () -> names().stream().noneMatch(expectedToGo::contains),
                    () -> expectedToGo + " of " + filesNow());
            new Gate(folder, end).open();
            assertThat(sweeper.exitCode()).as("%s", sweeper).isZero();
            assertThat(sweeper.out()).isEqualTo("READY\n");
            assertThat(sweeper.err()).isEmpty();
        }
        return names();
    }

    private String filesNow() {
        try {
            return names().toString();
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Parent and workers were killed: the next program removes what they left. */
    @Test
    void leftovers_ofKilledParentAndWorkers_areSweptByTheNext() throws Exception {
        List<Name> dead = leaveTwo();

        assertThat(sweep(texts(dead))).isEmpty();
    }

    /** A pid that was given to another process since: the process that made the directory is dead all the same. */
    @Test
    void leftovers_whosePidWasGivenAway_areSwept() throws Exception {
        Name dead = leaveTwo().get(0);
        Name recycled = new Name(Long.toString(Processes.ownPid()), dead.start, dead.tag, "recycled");
        make(recycled);

        assertThat(sweep(List.of(dead.toString(), recycled.toString()))).isEmpty();
    }

    /**
     * The parent may have died just now, and a worker that lives be about to end what another has left: it finds that by what
     * is in the directory.
     */
    @Test
    void leftovers_ofAWorkerWhoseProcessesRun_stayUntilTheseHaveEnded() throws Exception {
        List<Name> dead = leaveTwo();
        Name one = dead.get(0);
        Process started = new ProcessBuilder("setsid", "sh", "-c", "sleep 600 > /dev/null & echo $$ $!").start();
        String[] pids = new String(started.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .strip()
                .split(" ", -1);
        try {
            started.waitFor(); // the leader of the session, which goes on
            String leader = String.join("-", pids[0], one.start, one.tag);
            Files.writeString(temporary.resolve(one.toString()).resolve("leader"), leader);

            assertThat(sweep(List.of(dead.get(1).toString()))).containsExactly(one.toString());
        } finally {
            Processes.kill(Long.parseLong(pids[1]));
        }
        Await.until("ended", () -> !Processes.isAlive(Long.parseLong(pids[1])));
        assertThat(sweep(List.of(one.toString()))).isEmpty();
    }

    /** Parents that live keep the directories of their workers, and their workers keep working. */
    @Test
    void directories_ofALivingParent_areLeftAlone() throws Exception {
        List<Name> dead = leaveTwo();
        try (ChildJvm living = start("living")) {
            living.awaitOut("READY");
            Await.until("it has swept", () -> names().stream().noneMatch(texts(dead)::contains));
            Set<String> theirs = names();
            assertThat(theirs).hasSize(2);
            Name another = leaveOneBeside(theirs);

            assertThat(sweep(List.of(another.toString()))).isEqualTo(theirs);

            new Gate(folder, "living").open();
            assertThat(living.exitCode()).as("%s", living).isZero();
            assertThat(living.err()).isEmpty();
        }
        assertThat(names()).isEmpty();
    }

    /** Made by hand: the name of a parent that is provably dead, since nobody has its start time. */
    private Name leaveOneBeside(Set<String> theirs) throws IOException {
        Name living = Name.parse(theirs.iterator().next());
        Name dead = new Name(living.pid, "1", living.tag, "dead");
        make(dead);
        return dead;
    }

    /** What only looks alike stays: other names, other systems, living parents, unknown start times. */
    @Test
    void names_thatOnlyLookAlike_areLeftAlone() throws Exception {
        List<Name> dead = leaveTwo();
        Name one = dead.get(0);
        List<String> alike = new ArrayList<>(List.of(
                new Name(one.pid, one.start, one.tag + "x", one.random).toString(), // another boot, or container
                new Name(one.pid, one.start, "0", one.random).toString(), // a system that could not be told
                new Name(one.pid, "0", one.tag, one.random).toString(), // a start time that could not be told
                new Name(one.pid + "x", one.start, one.tag, one.random).toString(),
                "loky",
                "loky-",
                "loky-" + one.pid,
                "loky-" + one.pid + "-" + one.random,
                "loky-" + one.pid + "-" + one.start + "-" + one.tag,
                one + "-more",
                "loky-mine-" + one.pid + "-" + one.start + "-" + one.tag + "-" + one.random,
                "lokylike-" + one.pid + "-" + one.start + "-" + one.tag + "-" + one.random));
        try (ProcessPoolExecutor pool = pools.warm(1)) {
            Name own = Name.parse(Processes.directoriesOf(Processes.ownPid())
                    .get(0)
                    .getFileName()
                    .toString());
            alike.add(new Name(own.pid, own.start, own.tag, "living").toString());
            assertThat(pool.isShutdown()).isFalse();
        }
        for (String name : alike) {
            Path directory = Files.createDirectory(temporary.resolve(name));
            Files.writeString(directory.resolve("precious"), "data");
        }

        assertThat(sweep(texts(dead))).containsExactlyInAnyOrderElementsOf(alike);
        for (String name : alike) {
            assertThat(temporary.resolve(name).resolve("precious")).hasContent("data");
        }
    }

    /** A file, and a link to a directory, under the name of a dead parent: not made by us. */
    @Test
    void filesAndLinks_withTheRightName_areLeftAlone() throws Exception {
        List<Name> dead = leaveTwo();
        Path precious = Files.createDirectory(folder.resolve("precious"));
        Files.writeString(precious.resolve("file"), "data");
        Path link = temporary.resolve(dead.get(0).with("link").toString());
        Files.createSymbolicLink(link, precious);
        Path file = temporary.resolve(dead.get(0).with("file").toString());
        Files.writeString(file, "data");

        sweep(texts(dead));

        assertThat(precious.resolve("file")).hasContent("data");
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(file).hasContent("data");
    }

    /** A link within a directory that is swept goes; what it points to stays. */
    @Test
    void link_withinALeftover_isNotFollowed() throws Exception {
        List<Name> dead = leaveTwo();
        Path precious = Files.createDirectory(folder.resolve("precious"));
        Files.writeString(precious.resolve("file"), "data");
        Path leftover = temporary.resolve(dead.get(0).toString());
        Files.createSymbolicLink(leftover.resolve("to-a-directory"), precious);
        Files.createSymbolicLink(leftover.resolve("to-a-file"), precious.resolve("file"));

        assertThat(sweep(texts(dead))).isEmpty();

        assertThat(precious.resolve("file")).hasContent("data");
    }

    /** A leftover that cannot be removed, since somebody has put more into it than files, is not in the way of the others. */
    @Test
    void leftover_thatCannotBeRemoved_doesNotKeepTheOthers() throws Exception {
        Name dead = leaveTwo().get(0);
        List<Name> removable = new ArrayList<>(List.of(dead));
        for (int i = 0; i < 8; i++) {
            Name stubborn = dead.with("stubborn" + i);
            make(stubborn);
            Path inner =
                    Files.createDirectory(temporary.resolve(stubborn.toString()).resolve("inner"));
            Files.writeString(inner.resolve("file"), "data");
            removable.add(dead.with("removable" + i));
            make(removable.get(i + 1));
        }

        sweep(texts(removable));
    }

    /** The directory of another user, whatever its name. Only root can make one. */
    @Test
    void directory_ofAnotherUser_isLeftAlone() throws Exception {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "only root can give a file away");
        List<Name> dead = leaveTwo();
        Path theirs = make(dead.get(0).with("theirs"));
        Files.setAttribute(theirs, "unix:uid", 65534, LinkOption.NOFOLLOW_LINKS);

        assertThat(sweep(texts(dead))).containsExactly(theirs.getFileName().toString());
    }

    private Path make(Name name) throws IOException {
        Path directory = Files.createDirectory(temporary.resolve(name.toString()));
        Files.write(directory.resolve("begun"), new byte[8]);
        return directory;
    }

    private static List<String> texts(List<Name> names) {
        return names.stream().map(Name::toString).toList();
    }

    /** The name of a worker's directory: who its parent is, when that was started, on which system, and something random. */
    private record Name(String pid, String start, String tag, String random) {
        static Name parse(String text) {
            String[] parts = text.split("-", -1);
            assertThat(parts).as(text).hasSize(5);
            assertThat(parts[0]).isEqualTo("loky");
            return new Name(parts[1], parts[2], parts[3], parts[4]);
        }

        Name with(String otherRandom) {
            return new Name(pid, start, tag, otherRandom);
        }

        @Override
        public String toString() {
            return String.join("-", "loky", pid, start, tag, random);
        }
    }

    /** Starts two workers, and ends when a gate is opened. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) throws Exception {
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(2)) {
                pool.prestart();
                Pools.awaitIdle(pool, 2);
                System.out.println("READY");
                new Gate(Path.of(args[0]), args[1]).await();
                Pools.assertServes(pool);
            }
        }
    }
}
