/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.internal.wire.OutputMark;
import java.io.EOFException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ParentChannelTest {
    static Stream<ParentChannel> channels() throws Exception {
        return Stream.of(new PipeChannel(OutputMark.silent()), new LoopbackChannel(OutputMark.silent()));
    }

    /** As a JVM is that does not know one of its flags: it may be gone before anything is written to it. */
    @ParameterizedTest
    @MethodSource("channels")
    void connect_processHasEnded_isAnEndAndNoTroubleWithTheChannel(ParentChannel channel) throws Exception {
        Process process = new ProcessBuilder(List.of("/bin/sh", "-c", "exit 1")).start();
        process.onExit().get(); // by then its streams are those of an ended process

        try {
            assertThatThrownBy(() -> channel.connect(process)).isInstanceOf(EOFException.class);
        } finally {
            channel.close();
        }
    }
}
