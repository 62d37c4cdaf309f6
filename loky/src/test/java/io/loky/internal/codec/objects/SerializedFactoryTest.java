/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loky.LambdaSamples;
import java.io.InvalidObjectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class SerializedFactoryTest {
    private static SerializedShape shape() throws Exception {
        return SerializedShape.of(LambdaSamples.Host.ofText("text"));
    }

    private static SerializedShape with(SerializedShape shape, int index, String text) {
        List<String> texts = new ArrayList<>(shape.texts());
        texts.set(index, text);
        return new SerializedShape(shape.host(), texts, shape.kind(), shape.captures());
    }

    /** Any bytes may describe what the host does not have. */
    @Test
    void factory_thatHasMadeNothing_isNotKept() throws Exception {
        SerializedShape unknown = with(shape(), 1, "somethingElse");
        SerializedFactory factory = SerializedFactory.of(unknown);

        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> factory.make(new Object[] {"text"}))
                .withMessageStartingWith("a lambda of io.loky.LambdaSamples$Host cannot be made here: ");
        assertThat(SerializedFactory.of(unknown)).isNotSameAs(factory);
    }

    @Test
    void factory_thatHasMadeALambda_isKept() throws Exception {
        SerializedFactory factory = SerializedFactory.of(shape());

        Callable<?> made = (Callable<?>) factory.make(new Object[] {"other"});

        assertThat(made).isNotNull();
        assertThat(made.call()).isEqualTo("other");
        assertThat(SerializedFactory.of(shape())).isSameAs(SerializedFactory.of(shape()));
    }

    @Test
    void make_valueOfAnotherClass_isRefused() throws Exception {
        SerializedFactory factory = SerializedFactory.of(shape());

        assertThatExceptionOfType(InvalidObjectException.class).isThrownBy(() -> factory.make(new Object[] {7}));
    }
}
