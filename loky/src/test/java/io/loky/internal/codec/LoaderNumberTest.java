/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoaderNumberTest {
    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "127, 1", "128, 2", "16383, 2", "16384, 3", "2147483647, 5"})
    void read_whatWasWritten_isTheSameInSoManyBytes(int number, int length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LoaderNumber.write(number, new DataOutputStream(bytes));

        assertThat(bytes.size()).isEqualTo(length);
        assertThat(read(bytes.toByteArray())).isEqualTo(number);
    }

    @Test
    void read_noEnd_isRefused() {
        assertThatExceptionOfType(StreamCorruptedException.class).isThrownBy(() -> read(-1, -1, -1, -1, -1, 0));
        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> read(-1));
    }

    @Test
    void header_ofATask_saysWhereTheTaskBegins() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TaskHeader.write(300, List.of(), bytes);
        bytes.write(new byte[100]);

        assertThat(TaskHeader.read(bytes.toByteArray())).isEqualTo(new TaskHeader(300, List.of(), 3));
    }

    @Test
    void header_withVariables_hasThem() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TaskHeader.write(3, List.of(new ShellVariable("REPL.$JShell$1", "n", new byte[] {1, 2})), bytes);

        TaskHeader header = TaskHeader.read(bytes.toByteArray());

        assertThat(header.length()).isEqualTo(bytes.size());
        assertThat(header.variables()).singleElement().satisfies(variable -> {
            assertThat(variable.owner()).isEqualTo("REPL.$JShell$1");
            assertThat(variable.name()).isEqualTo("n");
            assertThat(variable.value()).containsExactly(1, 2);
        });
    }

    private static int read(int... bytes) throws IOException {
        byte[] array = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            array[i] = (byte) bytes[i];
        }
        return read(array);
    }

    private static int read(byte[] bytes) throws IOException {
        return LoaderNumber.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }
}
