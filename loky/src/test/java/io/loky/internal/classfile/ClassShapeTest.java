/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.classfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClassShapeTest {
    abstract static class Sample extends Number implements Serializable, Comparable<ClassShapeTest.Sample> {
        private static final long serialVersionUID = 1;
        private final int[][] numbers = {{1}};

        @Override
        public int compareTo(Sample other) {
            return (String.valueOf(other) + numbers.length).equals("a text") ? 1 : 0;
        }

        abstract Sample more(long by, String... texts);
    }

    private static byte[] bytes(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            return in.readAllBytes();
        }
    }

    @Test
    void of_aClass_isWhatItDeclares() throws IOException {
        ClassShape shape = ClassShape.of(bytes(Sample.class));

        assertThat(shape.name()).isEqualTo(Sample.class.getName());
        assertThat(shape.superclass()).isEqualTo("java.lang.Number");
        assertThat(shape.interfaces()).containsExactly("java.io.Serializable", "java.lang.Comparable");
        String self = Sample.class.descriptorString();
        assertThat(shape.members())
                .contains(
                        "serialVersionUID J",
                        "numbers [[I",
                        "<init>()V",
                        "compareTo(" + self + ")I",
                        "compareTo(Ljava/lang/Object;)I", // the bridge
                        "more(J[Ljava/lang/String;)" + self)
                .noneMatch(member -> member.contains("<clinit>"));
        assertThat(shape.texts()).contains("a text").doesNotContain("numbers");
    }

    @Test
    void of_objectAndAnInterface_areUnderstood() throws IOException {
        assertThat(ClassShape.of(bytes(Object.class)).superclass()).isNull();
        assertThat(ClassShape.of(bytes(Comparable.class)).superclass()).isEqualTo("java.lang.Object");
        assertThat(ClassShape.of(bytes(Comparable.class)).members()).containsExactly("compareTo(Ljava/lang/Object;)I");
    }

    /** Wherever it is cut, or damaged, there is an answer or an IOException, and nothing else. */
    @Test
    void of_cutAndDamagedFiles_failsInNoOtherWay() throws IOException {
        byte[] whole = bytes(Sample.class);
        Random random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            byte[] damaged = i % 2 == 0 ? whole.clone() : Arrays.copyOf(whole, random.nextInt(whole.length));
            if (i % 2 == 0) {
                damaged[random.nextInt(whole.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(ClassShape.of(damaged)).isNotNull();
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("class file");
            }
        }
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> ClassShape.of(
                        Arrays.copyOf(whole, ConstantPool.of(whole).end() + 6)));
    }
}
