/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

class ClassCensusTest {

    private static final byte[] GOOD = ClassFiles.of(ClassCensusTest.class);

    /** What {@link #of_methodsOfAllKinds_countsEach} counts: with the constructor and the static initialiser, five. */
    @SuppressWarnings("unused")
    private abstract static class AllKinds {
        static final Object CONSTANT = new Object();

        abstract void withoutCode();

        native void withoutCodeEither();

        void withCode() {}
    }

    @Test
    void of_methodsOfAllKinds_countsEach() throws BadClassFileException {
        ClassCensus census = ClassCensus.of(ClassFiles.of(AllKinds.class));

        assertThat(census.methods()).isEqualTo(5);
        assertThat(census.sizes())
                .extracting(MethodSize::name)
                .containsExactlyInAnyOrder("<init>", "<clinit>", "withCode");
    }

    @ParameterizedTest
    @ValueSource(ints = {Opcodes.V1_1, 46, 47, 48, 49, 50, 51, 52, 53, 61, 69})
    void of_anyVersion_saysWhich(int version) throws BadClassFileException {
        assertThat(ClassCensus.of(ClassFiles.withCodeLengths(version, "A", 1)).majorVersion())
                .isEqualTo(version & 0xFFFF);
    }

    @Test
    void of_classBeforeJava102_isRead() throws IOException, BadClassFileException {
        ClassCensus census = ClassCensus.of(ClassFiles.beforeJava102());

        assertThat(census.majorVersion()).isEqualTo(45);
        assertThat(census.methods()).isEqualTo(1);
    }

    @Test
    void of_versionOfTheFarFuture_saysWhichVersion() {
        byte[] file = GOOD.clone();
        ByteBuffer.wrap(file).putShort(6, (short) 999);

        assertThatThrownBy(() -> ClassCensus.of(file))
                .isInstanceOf(BadClassFileException.class)
                .hasMessageContaining("999");
    }

    @Test
    void of_text_saysWhatItBeginsWith() {
        byte[] text = "this is no class file".getBytes(StandardCharsets.US_ASCII);

        assertThatThrownBy(() -> ClassCensus.of(text))
                .isInstanceOf(BadClassFileException.class)
                .hasMessage("begins with 74686973 instead of CAFEBABE");
    }

    @Test
    void of_truncatedAnywhere_isBadOrTheRestWasNotNeeded() {
        int bad = 0;
        for (int length = 0; length < GOOD.length; length++) {
            bad += isBad(Arrays.copyOf(GOOD, length)) ? 1 : 0;
        }
        assertThat(bad).isEqualTo(GOOD.length);
    }

    @Test
    void of_randomDamage_neverFailsInAnotherWay() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] file = GOOD.clone();
            for (int damages = 1 + random.nextInt(3); damages > 0; damages--) {
                file[10 + random.nextInt(file.length - 10)] = (byte) random.nextInt();
            }
            try {
                isBad(file);
            } catch (Throwable other) {
                throw new AssertionError("seed " + seed + ", round " + round, other);
            }
        }
    }

    @Test
    void of_constantThatIsMadeFromItself_isBad() {
        assertThat(isBad(constantMadeFromItself())).isTrue();
    }

    /** A dynamic constant whose bootstrap method gets that same constant as argument. */
    private static byte[] constantMadeFromItself() {
        Handle bootstrap = new Handle(Opcodes.H_INVOKESTATIC, "A", "make", "()V", false);
        ConstantDynamic inner = new ConstantDynamic("c", "I", bootstrap, 0x12345678);
        ClassWriter writer = new ClassWriter(0);
        writer.visit(Opcodes.V17, 0, "A", null, "java/lang/Object", null);
        MethodVisitor method = writer.visitMethod(Opcodes.ACC_STATIC, "m", "()V", null, null);
        method.visitCode();
        method.visitLdcInsn(inner);
        method.visitInsn(Opcodes.POP);
        method.visitInsn(Opcodes.RETURN);
        method.visitMaxs(1, 0);
        method.visitEnd();
        writer.visitEnd();
        byte[] file = writer.toByteArray();
        int dynamic = writer.newConstantDynamic("c", "I", bootstrap, 0x12345678);
        int argument = writer.newConst(0x12345678);
        replaceLastShort(file, argument, dynamic);
        return file;
    }

    /** The argument of the bootstrap method is the last thing in the file. */
    private static void replaceLastShort(byte[] file, int from, int to) {
        ByteBuffer buffer = ByteBuffer.wrap(file);
        int last = file.length - 2;
        assertThat(buffer.getShort(last)).isEqualTo((short) from);
        buffer.putShort(last, (short) to);
    }

    private static boolean isBad(byte[] file) {
        try {
            ClassCensus.of(file);
            return false;
        } catch (BadClassFileException e) {
            assertThat(e).hasMessageMatching("(?s).+");
            return true;
        }
    }
}
