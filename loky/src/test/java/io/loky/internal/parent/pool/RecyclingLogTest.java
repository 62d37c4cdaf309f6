/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.junit.jupiter.api.Test;

/** What the log says of workers that leave. */
class RecyclingLogTest {
    private final List<String> lines = new ArrayList<>();
    private final RecyclingLog log = new RecyclingLog(new Lines(), "pool");

    /** All levels, as lines. */
    private final class Lines implements System.Logger {
        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
            lines.add(level + " " + message);
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
            lines.add(level + " " + format);
        }
    }

    @Test
    void leaves_asUsual_isForDebugging() {
        log.leaves(3, EndReason.IDLE_TIMEOUT, "", 0);

        assertThat(lines).containsExactly("DEBUG pool: worker 3 leaves: IDLE_TIMEOUT");
    }

    @Test
    void leaves_somethingIsWrong_isAWarningThatSaysWhatAndTheRemedy() {
        log.leaves(3, EndReason.UNHEALTHY, "the check threw X", 0);

        assertThat(lines)
                .singleElement()
                .asString()
                .startsWith(
                        "WARNING pool: worker 3 leaves: UNHEALTHY, the check threw X; another one takes its place; look");
    }

    /** A check that always fails must not fill the log. */
    @Test
    void leaves_forTheSameReasonAgain_isAWarningOnceAMinuteWithTheirNumber() {
        for (int i = 1; i <= 5; i++) {
            log.leaves(i, EndReason.UNHEALTHY, "detail", i);
        }
        log.leaves(6, EndReason.DIRTY, "detail", 6);
        log.leaves(7, EndReason.UNHEALTHY, "detail", 1 + RecyclingLog.PAUSE_NANOS);

        assertThat(lines).filteredOn(line -> line.startsWith("WARNING")).hasSize(3);
        assertThat(lines).filteredOn(line -> line.startsWith("DEBUG")).hasSize(4);
        assertThat(lines.get(6)).contains("worker 7", "; 4 others for this reason since the last warning; ");
    }
}
