/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SerializableRunnableTest {

    @Test
    void run_bodyReturns_returns() {
        AtomicInteger calls = new AtomicInteger();
        SerializableRunnable runnable = calls::incrementAndGet;

        runnable.run();

        assertThat(calls).hasValue(1);
    }

    @Test
    void run_bodyThrowsChecked_throwsTheSameException() {
        IOException failure = new IOException("checked");
        SerializableRunnable runnable = () -> {
            throw failure;
        };

        assertThatThrownBy(runnable::run).isSameAs(failure);
    }

    @Test
    void run_bodyThrowsError_throwsTheSameError() {
        AssertionError failure = new AssertionError("error");
        SerializableRunnable runnable = () -> {
            throw failure;
        };

        assertThatThrownBy(runnable::run).isSameAs(failure);
    }

    @Test
    void lambda_ofEachType_isSerializable() throws Exception {
        int captured = 41;
        SerializableCallable<Integer> callable = () -> captured + 1;
        SerializableFunction<String, Integer> function = String::length;
        SerializableSupplier<String> supplier = () -> "text";

        assertThat(Copies.copyOf(callable).call()).isEqualTo(42);
        assertThat(Copies.copyOf(function).apply("four")).isEqualTo(4);
        assertThat(Copies.copyOf(supplier).get()).isEqualTo("text");
    }
}
