/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class LokyCheckTest {
    private static int runs;

    private static final class Config implements Serializable {
        private static final long serialVersionUID = 1L;
        private final byte[] data;

        Config(int length) {
            this.data = new byte[length];
        }
    }

    private static final class Failing implements Serializable {
        private static final long serialVersionUID = 1L;

        private void writeObject(ObjectOutputStream out) throws IOException {
            throw new IOException("planned failure");
        }
    }

    @Test
    void check_taskThatCanBeSent_tellsItsSizeAndItsClassesAndDoesNotRunIt() {
        Config small = new Config(10);
        Config large = new Config(10_010);
        TaskCheck ofSmall = Loky.check(() -> runs += small.data.length);
        TaskCheck ofLarge = Loky.check(() -> runs += large.data.length);

        assertThat(runs).isZero();
        assertThat(ofSmall.isSendable()).isTrue();
        assertThat(ofSmall.problems()).isEmpty();
        assertThat(ofSmall.classes()).containsExactly(LokyCheckTest.class.getName(), Config.class.getName());
        assertThat(ofLarge.bytes()).isEqualTo(ofSmall.bytes() + 10_000);
        assertThat(ofSmall).hasToString("can be sent: " + ofSmall.bytes() + " bytes, classes " + ofSmall.classes());
    }

    @Test
    void check_tasksInVariablesOfTheJdk_areCheckedToo() {
        Callable<Integer> callable = () -> 1;
        Runnable runnable = () -> runs++;
        SerializableRunnable serializable = () -> runs++;

        assertThat(Loky.check(callable).isSendable()).isTrue();
        assertThat(Loky.check(runnable).isSendable()).isTrue();
        assertThat(Loky.check(serializable).isSendable()).isTrue();
        assertThat(runs).isZero();
    }

    @Test
    void check_taskThatCannotBeSent_namesTheCulprits() {
        Object[] captured = {1, new Thread(), List.of(Thread.currentThread())};
        TaskCheck check = Loky.check(() -> captured.length);

        assertThat(check.isSendable()).isFalse();
        assertThat(check.bytes()).isZero();
        assertThat(check.problems()).hasSize(2);
        assertThat(check.problems().get(0))
                .startsWith("the lambda at LokyCheckTest.java:")
                .endsWith("-> captured variable 'captured'[1] is a java.lang.Thread, which cannot leave this process: "
                        + "threads stay where they are");
        assertThat(check.problems().get(1)).contains("-> captured variable 'captured'[2][0] is a java.lang.Thread");
        assertThat(check.toString())
                .startsWith("cannot be sent:\n  the lambda at ")
                .hasLineCount(3);
    }

    @Test
    void check_deepGraphWithACulprit_isDescribed() {
        Object deep = Thread.currentThread();
        for (int i = 0; i < 20_000; i++) {
            deep = new Object[] {deep};
        }
        Object captured = deep;

        assertThat(Loky.check(() -> captured.hashCode()).problems())
                .singleElement()
                .asString()
                .contains(" steps) ...")
                .contains("is a java.lang.Thread");
    }

    @Test
    void check_codeOfTheUsersThatFails_isAProblem() {
        Failing failing = new Failing();
        TaskCheck check = Loky.check(() -> failing.hashCode());

        assertThat(check.problems()).singleElement().asString().contains("planned failure");
    }

    @Test
    void check_null_isRefused() {
        assertThatNullPointerException()
                .isThrownBy(() -> Loky.check((SerializableCallable<?>) null))
                .withMessage("task");
        assertThatNullPointerException()
                .isThrownBy(() -> Loky.check((SerializableRunnable) null))
                .withMessage("task");
        assertThatNullPointerException()
                .isThrownBy(() -> Loky.check((Callable<?>) null))
                .withMessage("task");
        assertThatNullPointerException()
                .isThrownBy(() -> Loky.check((Runnable) null))
                .withMessage("task");
    }
}
