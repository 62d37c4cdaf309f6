/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerLogTest {
    @TempDir
    Path folder;

    private Path file;
    private AnswerLog log;
    private FrameBuffer batch;

    @BeforeEach
    void create() throws IOException {
        file = folder.resolve("answers");
        log = AnswerLog.create(file);
        batch = FrameBuffer.take();
        ItemAnswer.startBatch(batch);
    }

    private void append(String text) throws IOException {
        FrameBuffer answer = FrameBuffer.take();
        answer.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        int from = batch.size();
        ItemAnswer.write(FrameType.VALUE, answer, batch);
        log.append(batch, from);
    }

    private static List<String> texts(byte[] answers) {
        List<String> texts = new ArrayList<>();
        ItemAnswer.read(
                answers,
                0,
                Sections.NONE,
                answer -> texts.add(new String(answer.payload(), java.nio.charset.StandardCharsets.UTF_8)));
        return texts;
    }

    @Test
    void read_answersNoted_givesThemBack() throws IOException {
        log.start(7);
        log.begun(1);
        append("one");
        log.begun(2);
        append("two");
        log.begun(3);

        AnswerLog.Reading read = AnswerLog.read(file);

        assertThat(read.taskId()).isEqualTo(7);
        assertThat(read.begun()).isEqualTo(3);
        assertThat(read.sent()).isZero();
        assertThat(texts(read.answers())).containsExactly("one", "two");
    }

    @Test
    void read_answersSent_givesThoseBehind() throws IOException {
        log.start(7);
        append("one");
        log.sent(1);
        append("two");

        AnswerLog.Reading read = AnswerLog.read(file);

        assertThat(read.sent()).isEqualTo(1);
        assertThat(texts(read.answers())).containsExactly("two");
    }

    @Test
    void read_nextTaskStarted_knowsNothingOfTheLast() throws IOException {
        log.start(7);
        log.begun(5);
        append("one");
        log.start(8);

        AnswerLog.Reading read = AnswerLog.read(file);

        assertThat(read.taskId()).isEqualTo(8);
        assertThat(read.begun()).isZero();
        assertThat(read.answers()).isEmpty();
    }

    @Test
    void read_noFileOrAHalfOne_isNone() throws IOException {
        assertThat(AnswerLog.read(folder.resolve("other"))).isSameAs(AnswerLog.Reading.NONE);
        Path half = Files.write(folder.resolve("half"), new byte[10]);
        assertThat(AnswerLog.read(half)).isSameAs(AnswerLog.Reading.NONE);
    }

    @Test
    void itemAnswers_rubbish_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> texts(new byte[] {3, 0, 0}));
        assertThatIllegalArgumentException().isThrownBy(() -> texts(new byte[] {3, 0, 0, 0, 9, 1}));
        assertThatIllegalArgumentException().isThrownBy(() -> texts(new byte[] {1, 0, 0, 0, 0}));
        assertThatIllegalArgumentException().isThrownBy(() -> texts(new byte[] {3, -1, -1, -1, -1}));
    }
}
