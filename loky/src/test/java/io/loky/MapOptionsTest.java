/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MapOptionsTest {

    @Test
    void options_nothingSet_areAutomatic() {
        assertThat(MapOptions.defaults().window()).isEmpty();
        assertThat(MapOptions.defaults().chunkSize()).isEmpty();
        assertThat(MapOptions.defaults().isUnordered()).isFalse();
        assertThat(MapOptions.defaults().timeout()).isEmpty();
        assertThat(MapOptions.defaults().deadline()).isEmpty();
        assertThat(MapOptions.defaults()).hasToString("MapOptions[chunkSize=automatic, window=automatic]");
    }

    @Test
    void options_chained_keepEachOther() {
        MapOptions options = MapOptions.chunkSize(1).window(64);

        assertThat(options.chunkSize()).hasValue(1);
        assertThat(options.window()).hasValue(64);
        assertThat(options)
                .isEqualTo(MapOptions.defaults().window(64).withChunkSize(1))
                .hasSameHashCodeAs(MapOptions.defaults().window(64).withChunkSize(1))
                .isNotEqualTo(MapOptions.chunkSize(1))
                .isNotEqualTo(MapOptions.defaults().window(64))
                .hasToString("MapOptions[chunkSize=1, window=64]");
    }

    @Test
    void options_everythingSet_areKeptAndShown() {
        MapOptions options = MapOptions.defaults()
                .window(64)
                .unordered()
                .timeout(Duration.ofSeconds(1))
                .deadline(Duration.ofMinutes(1));

        assertThat(options.isUnordered()).isTrue();
        assertThat(options.timeout()).hasValue(Duration.ofSeconds(1));
        assertThat(options.deadline()).hasValue(Duration.ofMinutes(1));
        assertThat(options)
                .isEqualTo(MapOptions.defaults()
                        .deadline(Duration.ofMinutes(1))
                        .timeout(Duration.ofSeconds(1))
                        .unordered()
                        .window(64))
                .hasSameHashCodeAs(MapOptions.defaults()
                        .deadline(Duration.ofMinutes(1))
                        .timeout(Duration.ofSeconds(1))
                        .unordered()
                        .window(64))
                .isNotEqualTo(options.timeout(Duration.ofSeconds(2)))
                .isNotEqualTo(options.deadline(Duration.ofSeconds(2)))
                .isNotEqualTo(MapOptions.defaults()
                        .window(64)
                        .timeout(Duration.ofSeconds(1))
                        .deadline(Duration.ofMinutes(1)))
                .hasToString("MapOptions[chunkSize=automatic, window=64, unordered, timeout=PT1S, deadline=PT1M]");
    }

    @Test
    void chunkSize_withATimeout_isRefusedUnlessOne() {
        Duration second = Duration.ofSeconds(1);
        String message = "chunkSize must be 1 where items have a time limit (MapOptions.timeout), got 2";

        assertThat(MapOptions.chunkSize(1).timeout(second).timeout()).hasValue(second);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MapOptions.chunkSize(2).timeout(second))
                .withMessage(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MapOptions.defaults().timeout(second).withChunkSize(2))
                .withMessage(message);
    }

    @Test
    void defaults_changedCopyMade_stayAsTheyWere() {
        assertThat(MapOptions.defaults().window(1).window()).hasValue(1);
        assertThat(MapOptions.defaults().window()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void numbers_belowOne_areRefusedByName(int number) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MapOptions.defaults().window(number))
                .withMessage("window must be at least 1, got " + number);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MapOptions.chunkSize(number))
                .withMessage("chunkSize must be at least 1, got " + number);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MapOptions.defaults().withChunkSize(number))
                .withMessage("chunkSize must be at least 1, got " + number);
    }

    @Test
    void durations_notAboveZero_areRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MapOptions.defaults().timeout(Duration.ZERO))
                .withMessage("timeout must be longer than zero, got PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MapOptions.defaults().deadline(Duration.ofMillis(-1)))
                .withMessage("deadline must be longer than zero, got PT-0.001S");
    }

    @Test
    void parameters_null_areRefusedByName() {
        assertThatNullPointerException()
                .isThrownBy(() -> MapOptions.defaults().timeout(null))
                .withMessage("timeout");
        assertThatNullPointerException()
                .isThrownBy(() -> MapOptions.defaults().deadline(null))
                .withMessage("deadline");
        assertThatNullPointerException()
                .isThrownBy(() -> MapOptions.defaults().progress(null))
                .withMessage("listener");
    }

    static Stream<Arguments> unavailable() {
        MapOptions defaults = MapOptions.defaults();
        return Stream.of(option("progress", () -> defaults.progress((done, total) -> {})));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unavailable")
    void option_notAvailableYet_isRefusedByName(String name, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageStartingWith("MapOptions." + name + " is not available in this version of Loky")
                .hasMessageContaining("leave it unset");
    }

    private static Arguments option(String name, ThrowingCallable call) {
        return Arguments.of(name, call);
    }
}
