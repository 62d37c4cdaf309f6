/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.loky.CrashReport;
import io.loky.ProcessPoolOptions;
import io.loky.internal.capsule.Capsule;
import io.loky.internal.capsule.CapsuleFile;
import io.loky.internal.capsule.Capsules;
import io.loky.internal.capsule.WorkerSetup;
import io.loky.internal.wire.AnswerLog;
import io.loky.internal.wire.BeginMark;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class CapsuleShelfTest {
    @TempDir
    private Path folder;

    @Test
    void of_optionsWithoutADirectory_isNone() {
        assertThat(CapsuleShelf.of(ProcessPoolOptions.builder().build())).isNull();
    }

    @Test
    void keep_aDeath_writesAFileThatTheReportNames() throws IOException {
        CapsuleShelf shelf = shelf(folder.resolve("not/yet/there"), 10);

        CrashReport report = shelf.keep(report(4711, 12), frame(12), end(Capsules.setup()));

        assertThat(report.kept()).hasSize(2).startsWith(Path.of("hs_err.log"));
        Path file = report.kept().get(1);
        assertThat(file).isAbsolute().hasParent(folder.resolve("not/yet/there").toAbsolutePath());
        assertThat(file.getFileName().toString()).matches("crash-\\d{8}-\\d{6}\\.\\d{3}-pid4711-task12\\.capsule");
        assertThat(report.describe()).contains("to run this task again, alone: java -jar loky.jar replay " + file);
        assertThat(report).usingRecursiveComparison().ignoringFields("kept").isEqualTo(report(4711, 12));
        Capsule capsule = CapsuleFile.read(file);
        assertThat(capsule.taskId()).isEqualTo(12);
        assertThat(capsule.taskName()).isEqualTo("parse");
        assertThat(capsule.type()).isEqualTo(FrameType.CHUNK);
        assertThat(capsule.payload()).containsExactly(4, 2);
        assertThat(capsule.report()).isEqualTo(report(4711, 12).describe());
    }

    /** What is in the file may be secret. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void keep_aDeath_writesAFileThatNobodyElseCanRead() throws IOException {
        CapsuleShelf shelf = shelf(folder.resolve("new"), 10);

        Path file =
                shelf.keep(report(1, 1), frame(1), end(Capsules.setup())).kept().get(1);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("new"))))
                .isEqualTo("rwx------");
    }

    @Test
    void keep_moreThanAreWanted_dropsTheOldestAndNothingElse() throws IOException {
        CapsuleShelf shelf = shelf(folder, 3);
        Path other = Files.writeString(folder.resolve("notes.capsule"), "mine");
        Path older = Files.writeString(folder.resolve("crash-20200101-000000.000-pid1-task1.capsule"), "");
        List<Path> files = new ArrayList<>();

        for (int i = 0; i < 5; i++) {
            files.add(shelf.keep(report(i, i), frame(i), end(Capsules.setup()))
                    .kept()
                    .get(1));
        }

        assertThat(older).doesNotExist();
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).contains(other).hasSize(4);
        }
        assertThat(files.get(4)).exists();
    }

    @Test
    void keep_twoDeathsWithTheSameName_writesTwoFiles() throws IOException {
        CapsuleShelf shelf = shelf(folder, 1000);

        for (int i = 0; i < 50; i++) { // some in the same millisecond
            var unused = shelf.keep(report(1, 1), frame(1), end(Capsules.setup()));
        }

        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(50);
        }
    }

    /** The future must hear of the death all the same. */
    @Test
    void keep_whereItCannotBeWritten_leavesTheReportAsItIs() throws IOException {
        Path gone = folder.resolve("gone");
        CapsuleShelf shelf = shelf(gone, 10);
        Files.delete(gone);

        assertThat(shelf.keep(report(1, 1), frame(1), end(Capsules.setup()))).isEqualTo(report(1, 1));
    }

    /** Nobody has the task any more; or the worker never greeted. */
    @Test
    void keep_ofWhatIsNotKnown_leavesTheReportAsItIs() throws IOException {
        CapsuleShelf shelf = shelf(folder, 10);

        assertThat(shelf.keep(report(1, 1), null, end(Capsules.setup()))).isEqualTo(report(1, 1));
        assertThat(shelf.keep(report(1, 1), frame(1), end(null))).isEqualTo(report(1, 1));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void of_aDirectoryThatIsAFile_isRefusedByName() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> shelf(file, 10))
                .withMessageStartingWith("crashCapsules must be a directory, or one that can be made, got " + file);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> shelf(file.resolve("below"), 10))
                .withMessageStartingWith("crashCapsules must be a directory");
    }

    private static CapsuleShelf shelf(Path directory, int most) {
        return CapsuleShelf.of(ProcessPoolOptions.builder()
                .crashCapsules(directory)
                .maxCrashCapsules(most)
                .build());
    }

    private static EncodedFrame frame(long taskId) throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        buffer.write(new byte[] {4, 2});
        return buffer.finish(FrameType.CHUNK, taskId);
    }

    private static WorkerEnd end(@Nullable WorkerSetup setup) {
        return new WorkerEnd(
                1,
                true,
                OptionalInt.of(3),
                Duration.ofSeconds(1),
                0,
                BeginMark.Reading.NONE,
                AnswerLog.Reading.NONE,
                List.of(),
                null,
                null,
                setup);
    }

    private static CrashReport report(long pid, long taskId) {
        return new CrashReport(
                CrashReport.Cause.EXIT,
                OptionalInt.of(3),
                Optional.empty(),
                pid,
                Duration.ofSeconds(1),
                0,
                OptionalLong.of(taskId),
                Optional.of("parse"),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(Path.of("hs_err.log")));
    }
}
