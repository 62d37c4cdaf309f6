/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * What the census wants to know of one class file.
 *
 * @param majorVersion the major version of the class file
 * @param methods how many methods it declares, with constructors, static initialisers and methods without code
 * @param sizes the methods that have code
 */
record ClassCensus(int majorVersion, int methods, List<MethodSize> sizes) {

    private static final int MAGIC = 0xCAFEBABE;

    /** The shortest that is worth a look: magic number, versions, and the size of the constant pool. */
    private static final int SHORTEST = 10;

    /** Parses all of the class file, instructions included. */
    static ClassCensus of(byte[] classFile) throws BadClassFileException {
        if (classFile.length < SHORTEST) {
            throw new BadClassFileException("only " + classFile.length + " bytes long");
        }
        checkMagic(classFile);
        try {
            return read(classFile);
        } catch (IllegalArgumentException e) {
            throw new BadClassFileException(reason(e), e);
        } catch (RuntimeException | StackOverflowError e) {
            // Without the message: the JVM leaves it out once such an exception has become frequent in compiled code,
            // and then the report would depend on which worker read what before.
            throw new BadClassFileException(
                    "not a well-formed class file (" + e.getClass().getSimpleName() + ")", e);
        }
    }

    private static ClassCensus read(byte[] classFile) {
        ClassReader reader = new ClassReader(classFile);
        List<MethodSize> sizes = MethodSizes.of(reader, classFile.length);
        Counter counter = new Counter();
        int skipped = ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES;
        reader.accept(counter, MethodSizes.hasOldCode(reader) ? skipped | ClassReader.SKIP_CODE : skipped);
        return new ClassCensus(reader.readUnsignedShort(6), counter.methods, sizes);
    }

    private static String reason(IllegalArgumentException e) {
        return e.getMessage() == null ? "not a well-formed class file" : e.getMessage();
    }

    /** ASM does not look at the magic number. */
    private static void checkMagic(byte[] classFile) throws BadClassFileException {
        int magic = ByteBuffer.wrap(classFile).getInt();
        if (magic != MAGIC) {
            throw new BadClassFileException(String.format("begins with %08X instead of %08X", magic, MAGIC));
        }
    }

    /** Counts methods, and takes part in their code so that ASM decodes it. */
    private static final class Counter extends ClassVisitor {

        private final MethodVisitor code = new MethodVisitor(Opcodes.ASM9) {};
        private int methods;

        Counter() {
            super(Opcodes.ASM9);
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            methods++;
            return code;
        }
    }
}
