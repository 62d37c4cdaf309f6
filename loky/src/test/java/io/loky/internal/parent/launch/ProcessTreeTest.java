/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProcessTreeTest {
    /** The answers of a worker and what it has printed are in its pipes when it is killed, and are read after that. */
    @Test
    void kill_whatIsInThePipes_isReadToItsEnd() throws Exception {
        Process process =
                new ProcessBuilder("sh", "-c", "echo answer; echo printed >&2; echo >&2; exec sleep 600").start();
        InputStream printed = process.getErrorStream();
        assertThat(printed.read()).isEqualTo('p'); // so the answer is there, too

        new ProcessTree(process, "tree-test").kill();

        process.waitFor();
        assertThat(text(printed)).isEqualTo("rinted\n\n");
        assertThat(text(process.getInputStream())).isEqualTo("answer\n");
        process.getOutputStream().close();
    }

    private static String text(InputStream in) throws Exception {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
