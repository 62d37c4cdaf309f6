/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.parent.crash.CrashLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class CrashFilesTest {
    @TempDir
    Path own;

    @TempDir
    Path users;

    private CrashLog log;

    @BeforeEach
    void writeLog() throws IOException {
        Files.writeString(
                Path.of(CrashLog.file(own).replace("%p", "4711")), "#  SIGSEGV (0xb) at pc=0x1, pid=1, tid=2\n");
        log = CrashLog.find(own, List.of(), 4711);
    }

    private List<Path> keep(Path directory) {
        return CrashFiles.keep(log, own, List.of(), directory, 4711, "worker");
    }

    @Test
    void keep_directoryThatIsNotThere_isMadeAndGetsTheLog() throws IOException {
        Path directory = users.resolve("a").resolve("b");

        List<Path> kept = keep(directory);

        assertThat(kept).singleElement().satisfies(file -> {
            assertThat(file).hasParent(directory.toAbsolutePath()).hasSameTextualContentAs(log.file());
            assertThat(file.getFileName().toString()).matches("loky-hs_err-\\d{8}-\\d{6}-\\d{3}-pid4711\\.log");
        });
    }

    /** It may hold values of the environment and pieces of memory. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void keep_onASystemWithPermissions_isForThisUserOnly() throws IOException {
        Path directory = users.resolve("a");

        List<Path> kept = keep(directory);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept.get(0))))
                .isEqualTo("rw-------");
    }

    @Test
    void keep_noDirectory_keepsNothing() {
        assertThat(keep(null)).isEmpty();
    }

    @Test
    void keep_noLog_keepsNothing() {
        assertThat(CrashFiles.keep(null, own, List.of(), users, 4711, "worker")).isEmpty();
        assertThat(users).isEmptyDirectory();
    }

    /** The user has told the JVM where: there it stays. */
    @Test
    void keep_logElsewhere_isNamedAndStays() throws IOException {
        Path elsewhere = Files.copy(log.file(), users.resolve("mine.log"));
        log = CrashLog.find(users, List.of("# saved as:", "# " + elsewhere), 0);

        assertThat(keep(own)).containsExactly(elsewhere);
    }

    private Path stray(long pid) throws IOException {
        Path file = Files.copy(log.file(), own.resolve("hs_err_pid" + pid + ".log"));
        Path working = Files.createDirectory(own.resolve("working"));
        Path stray = Files.move(file, working.resolve(file.getFileName()));
        log = CrashLog.find(own.resolve("none"), List.of("# saved as:", "# " + stray), 0);
        return stray;
    }

    private List<Path> keepStray(Path directory, List<Path> fallbacks) {
        return CrashFiles.keep(log, own.resolve("none"), fallbacks, directory, 4711, "worker");
    }

    /** The JVM died before there was the worker's directory. */
    @Test
    void keep_logInTheWorkingDirectory_isRemoved() throws IOException {
        Path stray = stray(4711);

        assertThat(keepStray(null, List.of(users.resolve("not there"), stray.getParent())))
                .isEmpty();

        assertThat(stray).doesNotExist();
    }

    @Test
    void keep_logInTheWorkingDirectory_isMovedToTheUsers() throws IOException {
        Path stray = stray(4711);

        List<Path> kept = keepStray(users, List.of(stray.getParent()));

        assertThat(kept)
                .singleElement()
                .satisfies(file -> assertThat(file)
                        .hasParent(users.toAbsolutePath())
                        .content()
                        .contains("SIGSEGV"));
        assertThat(stray).doesNotExist();
    }

    @Test
    void keep_logInTheWorkingDirectoryThatCannotBeCopied_staysThere() throws IOException {
        Path stray = stray(4711);
        Path file = Files.writeString(users.resolve("file"), "");

        assertThat(keepStray(file, List.of(stray.getParent()))).containsExactly(stray);

        assertThat(stray).exists();
    }

    /** It is another process's, or the user has named a file. */
    @Test
    void keep_logInTheWorkingDirectoryThatIsNotOurs_staysThere() throws IOException {
        Path stray = stray(4712);

        assertThat(keepStray(users, List.of(stray.getParent()))).containsExactly(stray);
        assertThat(keepStray(users, List.of())).containsExactly(stray);

        assertThat(stray).exists();
        assertThat(users).isEmptyDirectory();
    }

    /** In the last hour of summer, local times are there twice. */
    @Test
    void name_whereverItIs_hasTheTimeInUtc() {
        assertThat(CrashFiles.name(Instant.parse("2026-10-25T00:59:59.123Z"), 5))
                .isEqualTo("loky-hs_err-20261025-005959-123-pid5.log");
    }

    @Test
    void keep_manyLogs_theOldestGo() throws IOException {
        Path others = Files.writeString(users.resolve("a file of the user's"), "");
        for (int i = 0; i < 60; i++) {
            Files.writeString(users.resolve("loky-hs_err-20200101-0000%02d-000-pid1.log".formatted(i)), "");
        }

        List<Path> kept = keep(users);

        try (Stream<Path> files = Files.list(users)) {
            assertThat(files)
                    .hasSize(51)
                    .contains(others, users.resolve("loky-hs_err-20200101-000059-000-pid1.log"))
                    .containsAll(kept)
                    .doesNotContain(users.resolve("loky-hs_err-20200101-000010-000-pid1.log"));
        }
    }
}
