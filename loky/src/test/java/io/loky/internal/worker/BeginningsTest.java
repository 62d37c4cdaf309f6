/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.wire.Claims;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.FrameType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BeginningsTest {
    @TempDir
    Path folder;

    @Test
    void begins_afterTheFirstTasks_isToldToTheParentOnceWhichCanThenTakeBack() throws Exception {
        Path file = folder.resolve("claims");
        List<EncodedFrame> told = new ArrayList<>();
        Beginnings beginnings = new Beginnings(file, "claims", told::add);
        assertThat(beginnings.begins()).isTrue();
        assertThat(file).as("the first task waits for nothing").doesNotExist();

        long begun = 1;
        while (told.isEmpty()) {
            assertThat(beginnings.begins()).isTrue();
            begun++;
            Thread.onSpinWait();
        }

        assertThat(told.get(0).toFrame().type()).isEqualTo(FrameType.CLAIMS);
        assertThat(Claims.open(file).takeBack(begun, begun + 2)).isEqualTo(begun);
        assertThat(beginnings.begins()).isFalse();
        assertThat(beginnings.begins()).isFalse();
        assertThat(beginnings.begins()).isTrue();
        assertThat(told).hasSize(1);
    }
}
