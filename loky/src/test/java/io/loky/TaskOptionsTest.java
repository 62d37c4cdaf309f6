/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskOptionsTest {

    @Test
    void name_notGiven_isEmpty() {
        assertThat(TaskOptions.defaults().name()).isEmpty();
    }

    @Test
    void name_given_isKeptAsItIs() {
        assertThat(TaskOptions.named(" parse foo.jar").name()).contains(" parse foo.jar");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t"})
    void name_blank_isRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskOptions.named(name))
                .withMessage("name must not be blank, got \"" + name + "\"");
    }

    @Test
    void parameters_null_areRefusedByName() {
        assertThatNullPointerException()
                .isThrownBy(() -> TaskOptions.named(null))
                .withMessage("name");
        assertThatNullPointerException()
                .isThrownBy(() -> TaskOptions.defaults().timeout(null))
                .withMessage("timeout");
        assertThatNullPointerException()
                .isThrownBy(() -> TaskOptions.defaults().queueTimeout(null))
                .withMessage("queueTimeout");
        assertThatNullPointerException()
                .isThrownBy(() -> TaskOptions.defaults().codec(null))
                .withMessage("codec");
    }

    @Test
    void timeout_aLimit_isKeptBesidesTheName() {
        TaskOptions options = TaskOptions.named("x").timeout(Duration.ofSeconds(1));

        assertThat(options.timeout()).contains(Duration.ofSeconds(1));
        assertThat(options.name()).contains("x");
        assertThat(TaskOptions.named("x").timeout()).isEmpty();
        assertThat(options).isNotEqualTo(TaskOptions.named("x")).hasToString("TaskOptions[name=x, timeout=PT1S]");
    }

    @Test
    void timeout_zeroOrLess_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskOptions.named("x").timeout(Duration.ZERO))
                .withMessage("timeout must be longer than zero, got PT0S");
    }

    @Test
    void queueTimeout_aLimit_isKeptBesidesTheRest() {
        TaskOptions options =
                TaskOptions.named("x").timeout(Duration.ofSeconds(1)).queueTimeout(Duration.ofSeconds(2));

        assertThat(options.queueTimeout()).contains(Duration.ofSeconds(2));
        assertThat(options.timeout()).contains(Duration.ofSeconds(1));
        assertThat(options.priority(3).codec(Loky.ownCodec()).queueTimeout()).contains(Duration.ofSeconds(2));
        assertThat(TaskOptions.named("x").queueTimeout()).isEmpty();
        assertThat(options)
                .isNotEqualTo(TaskOptions.named("x").timeout(Duration.ofSeconds(1)))
                .hasToString("TaskOptions[name=x, timeout=PT1S, queueTimeout=PT2S]");
    }

    @Test
    void queueTimeout_zeroOrLess_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskOptions.named("x").queueTimeout(Duration.ofSeconds(-1)))
                .withMessage("queueTimeout must be longer than zero, got PT-1S");
    }

    @Test
    void codec_given_isKeptBesidesTheRest() {
        TaskOptions options = TaskOptions.named("x").codec(Loky.ownCodec()).timeout(Duration.ofSeconds(1));

        assertThat(options.codec()).containsSame(Loky.ownCodec());
        assertThat(options.timeout()).contains(Duration.ofSeconds(1));
        assertThat(options.name()).contains("x");
        assertThat(TaskOptions.named("x").codec()).isEmpty();
        assertThat(options)
                .isEqualTo(TaskOptions.named("x").timeout(Duration.ofSeconds(1)).codec(Loky.ownCodec()))
                .isNotEqualTo(TaskOptions.named("x").timeout(Duration.ofSeconds(1)))
                .hasToString("TaskOptions[name=x, timeout=PT1S, codec="
                        + Loky.ownCodec().getClass().getName() + "]");
    }

    @Test
    void retriesOnCrash_aNumber_isKeptBesidesTheRest() {
        TaskOptions options =
                TaskOptions.named("x").retriesOnCrash(2).priority(1).timeout(Duration.ofSeconds(1));

        assertThat(options.retriesOnCrash()).hasValue(2);
        assertThat(options.name()).contains("x");
        assertThat(options)
                .isEqualTo(TaskOptions.named("x")
                        .timeout(Duration.ofSeconds(1))
                        .priority(1)
                        .retriesOnCrash(2))
                .isNotEqualTo(options.retriesOnCrash(3))
                .hasToString("TaskOptions[name=x, timeout=PT1S, priority=1, retriesOnCrash=2]");
        assertThat(TaskOptions.defaults().retriesOnCrash()).isEmpty();
    }

    /** The pool's number may be another one. */
    @Test
    void retriesOnCrash_zero_isNotTheSameAsNothing() {
        assertThat(TaskOptions.named("x").retriesOnCrash(0)).isNotEqualTo(TaskOptions.named("x"));
        assertThat(TaskOptions.named("x").retriesOnCrash(0).retriesOnCrash()).hasValue(0);
    }

    @Test
    void retriesOnCrash_negative_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskOptions.named("x").retriesOnCrash(-1))
                .withMessage("retriesOnCrash must be at least 0, got -1");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void priority_anyNumber_isKeptBesidesTheRest(int priority) {
        TaskOptions options = TaskOptions.named("x").priority(priority).timeout(Duration.ofSeconds(1));

        assertThat(options.priority()).isEqualTo(priority);
        assertThat(options.name()).contains("x");
        assertThat(options)
                .isEqualTo(TaskOptions.named("x").timeout(Duration.ofSeconds(1)).priority(priority))
                .isNotEqualTo(TaskOptions.named("x").timeout(Duration.ofSeconds(1)))
                .hasToString("TaskOptions[name=x, timeout=PT1S, priority=" + priority + "]");
    }

    @Test
    void retryOutOfMemoryWith_aSize_isKeptBesidesTheRest() {
        TaskOptions options = TaskOptions.named("x").retryOutOfMemoryWith("4g").priority(1);

        assertThat(options.retryOutOfMemoryWith()).contains("4g");
        assertThat(options)
                .isEqualTo(TaskOptions.named("x").priority(1).retryOutOfMemoryWith("4g"))
                .isNotEqualTo(TaskOptions.named("x").priority(1))
                .hasToString("TaskOptions[name=x, priority=1, retryOutOfMemoryWith=4g]");
        assertThat(TaskOptions.defaults().retryOutOfMemoryWith()).isEmpty();
    }

    @Test
    void retryOutOfMemoryWith_noSize_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskOptions.named("x").retryOutOfMemoryWith("lots"))
                .withMessageStartingWith("retryOutOfMemoryWith must be digits");
        assertThatNullPointerException()
                .isThrownBy(() -> TaskOptions.named("x").retryOutOfMemoryWith(null))
                .withMessage("retryOutOfMemoryWith");
    }

    @Test
    void priority_notGiven_isZero() {
        assertThat(TaskOptions.defaults().priority()).isZero();
        assertThat(TaskOptions.named("x").priority(0)).isEqualTo(TaskOptions.named("x"));
    }

    @Test
    void options_withTheSameName_areEqual() {
        assertThat(TaskOptions.named("x"))
                .isEqualTo(TaskOptions.named("x"))
                .hasSameHashCodeAs(TaskOptions.named("x"))
                .hasToString("TaskOptions[name=x]")
                .isNotEqualTo(TaskOptions.named("y"))
                .isNotEqualTo(TaskOptions.defaults());
        assertThat(TaskOptions.defaults()).hasToString("TaskOptions[]");
    }
}
