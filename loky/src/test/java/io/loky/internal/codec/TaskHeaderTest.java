/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskHeaderTest {
    private static byte[] written(ShellVariable... variables) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TaskHeader.write(300, List.of(variables), bytes);
        return bytes.toByteArray();
    }

    /** No value, and a value of no bytes, are two things. */
    @Test
    void read_variables_areTheSame() throws IOException {
        byte[] bytes = written(
                new ShellVariable("A", "some", new byte[] {1, 2}),
                new ShellVariable("A", "none", null),
                new ShellVariable("B", "empty", new byte[0]));

        TaskHeader header = TaskHeader.read(bytes);

        assertThat(header.loader()).isEqualTo(300);
        assertThat(header.length()).isEqualTo(bytes.length);
        assertThat(header.variables()).extracting(ShellVariable::name).containsExactly("some", "none", "empty");
        assertThat(header.variables())
                .extracting(ShellVariable::value)
                .containsExactly(new byte[] {1, 2}, null, new byte[0]);
    }

    @Test
    void read_lengthThatCannotBe_isRefused() throws IOException {
        byte[] bytes = written(new ShellVariable("A", "none", null));
        bytes[bytes.length - 1] = -2;

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> TaskHeader.read(bytes))
                .withMessageContaining("-2 bytes");
    }
}
