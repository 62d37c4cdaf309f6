/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveShelfTest {
    private static final String KEY = "0123456789abcdef";
    private static final String OTHER = "fedcba9876543210";

    @TempDir
    private Path temporary;

    private Path folder;
    private ArchiveShelf shelf;

    @BeforeEach
    void makeShelf() {
        folder = temporary.resolve("caches").resolve("loky");
        shelf = new ArchiveShelf(folder);
    }

    @Test
    void find_nothingThere_isEmptyAndMakesNothing() {
        assertThat(shelf.find(KEY)).isEmpty();
        assertThat(shelf.isInVain(KEY)).isFalse();
        assertThat(folder.getParent()).doesNotExist();
    }

    @Test
    void publish_oneKey_isFoundByThatKeyAlone() throws IOException {
        Path archive = make(KEY, "archive");

        assertThat(shelf.find(KEY)).contains(archive);
        assertThat(shelf.find(OTHER)).isEmpty();
        assertThat(archive).hasContent("archive");
        assertThat(names()).containsExactlyInAnyOrder(archive.getFileName().toString(), "lock");
        if (isPosix()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");
        }
    }

    /** A JVM that maps it crashes. */
    @Test
    void find_cutOff_isDeleted() throws IOException {
        Path archive = make(KEY, "archive");
        Files.writeString(archive, "arch");

        assertThat(shelf.find(KEY)).isEmpty();
        assertThat(archive).doesNotExist();
    }

    @Test
    void find_oneByteIsDifferent_isDeleted() throws IOException {
        Path archive = make(KEY, "archive");
        Files.writeString(archive, "archivE");

        assertThat(shelf.find(KEY)).isEmpty();
        assertThat(archive).doesNotExist();
    }

    /** Also by a JVM that has used it already. */
    @Test
    void find_changedAfterItWasFound_isDeleted() throws IOException {
        Path archive = make(KEY, "archive");
        assertThat(shelf.find(KEY)).contains(archive);
        Files.writeString(archive, "another");
        Files.setLastModifiedTime(archive, FileTime.from(Instant.now().plusSeconds(2)));

        assertThat(shelf.find(KEY)).isEmpty();
    }

    @Test
    void find_isALink_isNotUsed() throws IOException {
        assumeTrue(isPosix());
        Path archive = make(KEY, "archive");
        Path elsewhere = temporary.resolve("elsewhere");
        Files.move(archive, elsewhere);
        Files.createSymbolicLink(archive, elsewhere);

        assertThat(shelf.find(KEY)).isEmpty();
        assertThat(elsewhere).exists();
    }

    @Test
    void find_folderIsALink_isNotUsed() throws IOException {
        assumeTrue(isPosix());
        make(KEY, "archive");
        Path link = temporary.resolve("link");
        Files.createSymbolicLink(link, folder);

        assertThat(new ArchiveShelf(link).find(KEY)).isEmpty();
        assertThat(new ArchiveShelf(link).bench()).isNull();
    }

    @Test
    void find_othersMayWrite_isNotUsed() throws IOException {
        assumeTrue(isPosix());
        Path archive = make(KEY, "archive");

        allow(archive, "rw-rw----");
        assertThat(shelf.find(KEY)).isEmpty();
        allow(archive, "rw-r--r--");
        assertThat(shelf.find(KEY)).contains(archive);
        allow(folder, "rwxrwxrwx");
        assertThat(shelf.find(KEY)).isEmpty();
        assertThat(shelf.bench()).isNull();
    }

    @Test
    void find_ofAnotherUser_isNotUsed() throws IOException {
        assumeTrue(isPosix() && Objects.equals(0, Files.getAttribute(Path.of("/proc/self"), "unix:uid")));
        Path archive = make(KEY, "archive");

        Files.setAttribute(archive, "unix:uid", 12345);
        assertThat(shelf.find(KEY)).isEmpty();
        assertThat(archive).exists();
        Files.setAttribute(archive, "unix:uid", 0);
        assertThat(shelf.find(KEY)).contains(archive);
        Files.setAttribute(folder, "unix:uid", 12345);
        assertThat(shelf.find(KEY)).isEmpty();
        assertThat(shelf.bench()).isNull();
        Files.setAttribute(folder, "unix:uid", 0);
    }

    /** As where the disk is read-only, or the home is no directory. */
    @Test
    void bench_folderCannotBeMade_isNull() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "");

        assertThat(new ArchiveShelf(file.resolve("loky")).bench()).isNull();
        assertThat(new ArchiveShelf(file).bench()).isNull();
        assertThat(new ArchiveShelf(file).find(KEY)).isEmpty();
        assertThat(new ArchiveShelf(Path.of("/proc/self/none/loky")).bench()).isNull();
    }

    @Test
    void bench_inUse_isNullUntilItIsClosed() {
        try (ArchiveBench bench = bench()) {
            assertThat(bench).isNotNull();
            assertThat(shelf.bench()).isNull();
            assertThat(new ArchiveShelf(folder).bench()).isNull();
        }
        try (ArchiveBench next = bench()) {
            assertThat(next).isNotNull();
        }
    }

    /** A process that was killed leaves it; another that has the bench knows that nobody goes on with it. */
    @Test
    void bench_unfinishedWorkOfADeadProcess_isDeleted() throws IOException {
        make(OTHER, "kept");
        Files.writeString(folder.resolve("archive-1-2.loky.tmp"), "half");
        Path directory = Files.createDirectory(folder.resolve("rehearsal-1-2.loky.tmp"));
        Files.writeString(directory.resolve("pulse"), "");

        try (ArchiveBench bench = bench()) {
            assertThat(names()).noneMatch(name -> name.endsWith(".loky.tmp"));
            Files.writeString(bench.file("recording"), "half");
        }

        assertThat(names()).noneMatch(name -> name.endsWith(".loky.tmp"));
        assertThat(shelf.find(OTHER)).isPresent();
    }

    /** A user may name a folder that he has other things in. */
    @Test
    void publish_filesOfOthersInTheFolder_areLeftAlone() throws IOException {
        make(OTHER, "archive");
        List<String> others = List.of("mail.archive", "what.none", "draft.tmp");
        for (String name : others) {
            Path file = Files.writeString(folder.resolve(name), "mine");
            Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        }

        for (int i = 0; i <= ArchiveShelf.MOST; i++) {
            make(key(i), "archive " + i);
        }

        assertThat(names()).containsAll(others);
    }

    /** Where locks are lost one bench must not publish what is half written on the other. */
    @Test
    void file_ofTwoBenches_isNeverTheSame() {
        Path first;
        try (ArchiveBench bench = bench()) {
            first = bench.file("archive");
        }
        try (ArchiveBench bench = bench()) {
            assertThat(bench.file("archive")).isNotEqualTo(first);
        }
    }

    /** An archive is worth more than a note. */
    @Test
    void giveUp_often_keepsTheArchivesAndTheNewestNotes() throws IOException {
        make(KEY, "archive");
        Files.setLastModifiedTime(
                folder.resolve(names().stream()
                        .filter(name -> name.endsWith(ArchiveShelf.ARCHIVE))
                        .findFirst()
                        .orElseThrow()),
                FileTime.from(Instant.now().minus(Duration.ofDays(9))));

        for (int i = 0; i <= ArchiveShelf.MOST; i++) {
            try (ArchiveBench bench = bench()) {
                bench.giveUp(key(i));
            }
        }

        assertThat(shelf.find(KEY)).isPresent();
        assertThat(shelf.isInVain(key(ArchiveShelf.MOST))).isTrue();
        assertThat(names()).filteredOn(name -> name.endsWith(ArchiveShelf.NONE)).hasSize(ArchiveShelf.MOST);
    }

    @Test
    void giveUp_oneKey_isInVainForThatKeyAlone() throws IOException {
        try (ArchiveBench bench = bench()) {
            bench.giveUp(KEY);
        }

        assertThat(shelf.isInVain(KEY)).isTrue();
        assertThat(shelf.isInVain(OTHER)).isFalse();
        assertThat(shelf.find(KEY)).isEmpty();
    }

    @Test
    void giveUp_longAgo_isTriedAgain() throws IOException {
        try (ArchiveBench bench = bench()) {
            bench.giveUp(KEY);
            Path note = folder.resolve(KEY + ArchiveShelf.NONE);
            Files.setLastModifiedTime(note, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
            assertThat(shelf.isInVain(KEY)).isFalse();

            bench.giveUp(KEY);
            assertThat(shelf.isInVain(KEY)).isTrue();
        }
    }

    @Test
    void publish_tooMany_thoseGoThatWereUsedLeastRecently() throws IOException {
        Instant now = Instant.now();
        for (int i = 0; i < ArchiveShelf.MOST; i++) {
            Path archive = make(key(i), "archive " + i);
            Files.setLastModifiedTime(archive, FileTime.from(now.minus(Duration.ofDays(i + 2))));
        }
        int last = ArchiveShelf.MOST - 1;
        assertThat(shelf.find(key(last))).isPresent(); // used now

        make(KEY, "archive");

        assertThat(shelf.find(KEY)).isPresent();
        assertThat(shelf.find(key(last))).isPresent();
        assertThat(shelf.find(key(last - 1))).isEmpty();
        assertThat(names())
                .filteredOn(name -> name.endsWith(ArchiveShelf.ARCHIVE))
                .hasSize(ArchiveShelf.MOST);
    }

    private Path make(String key, String content) throws IOException {
        try (ArchiveBench bench = bench()) {
            Path file = Files.writeString(bench.file("archive"), content);
            FileContent made = FileContent.of(file);
            bench.publish(file, key);
            return folder.resolve(ArchiveShelf.name(key, made));
        }
    }

    private ArchiveBench bench() {
        return Objects.requireNonNull(shelf.bench(), "the bench is in use");
    }

    private static String key(int number) {
        return Integer.toString(1000 + number).repeat(4);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static void allow(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static boolean isPosix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }
}
