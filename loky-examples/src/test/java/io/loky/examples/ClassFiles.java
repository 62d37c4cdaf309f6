/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Makes class files whose content is known. */
final class ClassFiles {

    private ClassFiles() {}

    /** A class of Java 17 with one static method for each length: {@code m0}, {@code m1}, ... */
    static byte[] withCodeLengths(String internalName, int... lengths) {
        return withCodeLengths(Opcodes.V17, internalName, lengths);
    }

    static byte[] withCodeLengths(int version, String internalName, int... lengths) {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(version, Opcodes.ACC_PUBLIC, internalName, null, "java/lang/Object", null);
        for (int i = 0; i < lengths.length; i++) {
            addMethod(writer, "m" + i, lengths[i]);
        }
        writer.visitEnd();
        return writer.toByteArray();
    }

    /** As many instructions that do nothing as it takes, and the return, which is one byte long too. */
    static void addMethod(ClassWriter writer, String name, int codeLength) {
        MethodVisitor method = writer.visitMethod(Opcodes.ACC_STATIC, name, "()V", null, null);
        method.visitCode();
        for (int i = 1; i < codeLength; i++) {
            method.visitInsn(Opcodes.NOP);
        }
        method.visitInsn(Opcodes.RETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
    }

    /** A class as a compiler before Java 1.0.2 wrote it, with one static method {@code void old()} of three bytes. */
    static byte[] beforeJava102() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(0xCAFEBABE);
        out.writeShort(2); // minor
        out.writeShort(45); // major
        out.writeShort(8);
        utf8(out, "Old"); // 1
        out.writeByte(7); // 2: the class Old
        out.writeShort(1);
        utf8(out, "java/lang/Object"); // 3
        out.writeByte(7); // 4
        out.writeShort(3);
        utf8(out, "old"); // 5
        utf8(out, "()V"); // 6
        utf8(out, "Code"); // 7
        for (int value : new int[] {0, 2, 4, 0, 0}) { // access, this, super, no interfaces, no fields
            out.writeShort(value);
        }
        for (int value : new int[] {1, Opcodes.ACC_STATIC, 5, 6, 1, 7}) { // one method, one attribute
            out.writeShort(value);
        }
        out.writeInt(11);
        out.writeByte(0); // stack
        out.writeByte(0); // locals
        out.writeShort(3);
        out.write(new byte[] {0, 0, (byte) Opcodes.RETURN});
        out.writeShort(0); // no exception table
        out.writeShort(0); // no attributes
        out.writeShort(0); // the class has no attributes
        return bytes.toByteArray();
    }

    private static void utf8(DataOutputStream out, String text) throws IOException {
        out.writeByte(1);
        out.writeUTF(text);
    }

    /** The class file of a class on the class path. */
    static byte[] of(Class<?> type) {
        String name = "/" + type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no class file for " + type);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
