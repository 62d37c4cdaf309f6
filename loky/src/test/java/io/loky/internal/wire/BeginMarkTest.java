/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loky.internal.wire.BeginMark.Phase;
import io.loky.internal.wire.BeginMark.Reading;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BeginMarkTest {
    @TempDir
    private Path directory;

    private Path file;

    private BeginMark mark;

    @BeforeEach
    void createFile() throws IOException {
        file = directory.resolve("begun");
        mark = BeginMark.create(file);
    }

    @Test
    void read_newFile_saysThatNothingWasBegun() throws IOException {
        assertThat(BeginMark.read(file)).isEqualTo(Reading.NONE);
        assertThat(BeginMark.read(file).of(1)).isEqualTo(Phase.NOT_BEGUN);
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void read_afterSet_givesTaskAndPhase(Phase phase) throws IOException {
        mark.set(12, phase);

        assertThat(BeginMark.read(file)).isEqualTo(new Reading(12, phase));
        assertThat(BeginMark.read(file).of(12)).isEqualTo(phase);
    }

    @Test
    void read_whileTheWriterGoesOn_givesTheLastNote() throws IOException {
        mark.set(1, Phase.DECODING);
        assertThat(BeginMark.read(file)).isEqualTo(new Reading(1, Phase.DECODING));
        mark.set(1, Phase.RUNNING);
        assertThat(BeginMark.read(file)).isEqualTo(new Reading(1, Phase.RUNNING));
        mark.set(1, Phase.ENCODING);
        mark.set(2, Phase.DECODING);
        assertThat(BeginMark.read(file)).isEqualTo(new Reading(2, Phase.DECODING));
    }

    /** It may be a link that somebody has put there to have another file overwritten. */
    @Test
    void create_fileIsThereAlready_isRefusedAndLeftAlone() throws IOException {
        mark.set(3, Phase.RUNNING);

        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> BeginMark.create(file));

        assertThat(BeginMark.read(file)).isEqualTo(new Reading(3, Phase.RUNNING));
    }

    @Test
    void of_otherTaskThanTheNoted_isNotBegun() throws IOException {
        mark.set(5, Phase.RUNNING);

        assertThat(BeginMark.read(file).of(6)).isEqualTo(Phase.NOT_BEGUN);
        assertThat(BeginMark.read(file).of(4)).isEqualTo(Phase.NOT_BEGUN);
    }

    @Test
    void of_nothingIsKnown_countsAsBegunForEveryTask() {
        assertThat(Reading.UNKNOWN.of(1)).isNotEqualTo(Phase.NOT_BEGUN);
        assertThat(Reading.UNKNOWN.of(Long.MAX_VALUE)).isNotEqualTo(Phase.NOT_BEGUN);
    }

    @Test
    void read_largestTaskId_givesIt() throws IOException {
        long largest = (1L << 62) - 1;

        mark.set(largest, Phase.ENCODING);

        assertThat(BeginMark.read(file)).isEqualTo(new Reading(largest, Phase.ENCODING));
    }

    @Test
    void read_missingOrShortFile_failsInsteadOfGuessing() throws IOException {
        Path shorter = directory.resolve("short");
        Files.write(shorter, new byte[7]);

        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> BeginMark.read(shorter));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> BeginMark.read(directory.resolve("none")));
    }
}
