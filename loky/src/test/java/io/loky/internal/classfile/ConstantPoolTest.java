/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.classfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loky.internal.classfile.ConstantPool.Member;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConstantPoolTest {
    private static final long LONG = 1L << 40;

    /** Mentions one of everything. */
    static class Sample {
        static int counter;
        String text = "text";

        Object all() {
            counter++;
            List<?>[][] lists = {};
            int[][] numbers = {{1}};
            Supplier<Object> lambda = () -> text + counter + LONG + 2.5;
            return lists.length + numbers.length == 0 ? new Inner() : lambda;
        }

        class Inner {
            Object outer() {
                return Sample.this;
            }
        }
    }

    private static byte[] bytes(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            return in.readAllBytes();
        }
    }

    @Test
    void thisClass_anyFile_isItsName() throws IOException {
        for (Class<?> type : List.of(Sample.class, Sample.Inner.class, String.class, Thread.State.class)) {
            assertThat(ConstantPool.of(bytes(type)).thisClass()).isEqualTo(type.getName());
        }
    }

    @Test
    void classNames_ofAClass_areAllThatItMentions() throws IOException {
        assertThat(ConstantPool.of(bytes(Sample.class)).classNames())
                .contains(
                        Sample.class.getName(),
                        Sample.Inner.class.getName(),
                        ConstantPoolTest.class.getName(),
                        "java.lang.Object",
                        "java.util.List")
                .noneMatch(name -> name.contains("[") || name.contains("/") || name.contains(";"));
    }

    @Test
    void fields_ofAClass_areThoseThatItsCodeUses() throws IOException {
        assertThat(ConstantPool.of(bytes(Sample.class)).fields())
                .contains(
                        new Member(Sample.class.getName(), "counter", "I"),
                        new Member(Sample.class.getName(), "text", "Ljava/lang/String;"));
    }

    @Test
    void of_somethingElse_isRefused() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() ->
                        ConstantPool.of("this is not a class file".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .withMessageContaining("not a class file");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> ConstantPool.of(new byte[0]))
                .withMessageContaining("ends too early");
    }

    /** Wherever it is cut, or damaged, there is an answer or an IOException, and nothing else. */
    @Test
    void of_cutAndDamagedFiles_failsInNoOtherWay() throws IOException {
        byte[] whole = bytes(Sample.class);
        int end = ConstantPool.of(whole).end();
        for (int length = 0; length < end; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> ConstantPool.of(cut));
        }
        Random random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(end)] = (byte) random.nextInt();
            try {
                ConstantPool pool = ConstantPool.of(damaged);
                assertThat(pool.thisClass()).isNotNull();
                assertThat(pool.classNames()).isNotNull();
                assertThat(pool.fields()).isNotNull();
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("class file");
            }
        }
    }

    /** What random damage seldom hits: the file is whole, and the name of an array is none. */
    @ParameterizedTest
    @ValueSource(strings = {"[", "[[", "[L", "[L;", "[;", "[Ljava/lang/Object", "[java/lang/Object;", "[II", "[V"})
    void classNames_arrayOfNothing_isADamagedFile(String name) throws IOException {
        ConstantPool pool = ConstantPool.of(withClass(name));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(pool::classNames)
                .withMessage("a class file with an array of nothing that there is, entry 2");
    }

    @ParameterizedTest
    @CsvSource({"[I,", "[[Z,", "[La;, a", "[[[La/B;, a.B", "a/B, a.B"})
    void classNames_classOrArray_isWhatItHoldsInTheEnd(String name, @Nullable String held) throws IOException {
        assertThat(ConstantPool.of(withClass(name)).classNames()).isEqualTo(held == null ? Set.of() : Set.of(held));
    }

    /** As much of a class file as is read, which mentions this class. */
    private static byte[] withClass(String name) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(0xCAFEBABE);
        out.writeInt(61); // the version
        out.writeShort(3); // entries, and one
        out.writeByte(1);
        out.writeUTF(name);
        out.writeByte(7);
        out.writeShort(1);
        out.writeInt(2); // access flags, and the name of this class
        return bytes.toByteArray();
    }

    @Test
    void end_anyFile_isWhereTheAccessFlagsStand() throws IOException {
        byte[] bytes = bytes(Sample.class);

        int flags = ByteBuffer.wrap(bytes).getChar(ConstantPool.of(bytes).end());

        assertThat(flags).isEqualTo(0x20); // ACC_SUPER
    }
}
