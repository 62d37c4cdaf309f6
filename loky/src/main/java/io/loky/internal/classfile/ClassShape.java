/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.classfile;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a class file declares.
 *
 * @param name of the class, with dots, like the names that follow
 * @param superclass null for that of Object
 * @param members fields as {@code name descriptor}, methods as {@code name(parameters)result}, without the class's initializer
 * @param texts the constant ones
 */
public record ClassShape(
        String name, @Nullable String superclass, Set<String> interfaces, Set<String> members, Set<String> texts) {

    /**
     * @throws IOException if this is not a class file, or one that is newer than this code
     */
    public static ClassShape of(byte[] classFile) throws IOException {
        ConstantPool pool = ConstantPool.of(classFile);
        try {
            ByteBuffer in = ByteBuffer.wrap(classFile).position(pool.end() + 4); // access flags, this class
            int above = in.getChar();
            Set<String> interfaces = new LinkedHashSet<>();
            for (int count = in.getChar(); count > 0; count--) {
                interfaces.add(dotted(pool, in.getChar()));
            }
            Set<String> members = new LinkedHashSet<>();
            members(in, pool, " ", members);
            members(in, pool, "", members);
            members.remove("<clinit>()V");
            return new ClassShape(
                    pool.thisClass(), above == 0 ? null : dotted(pool, above), interfaces, members, pool.texts());
        } catch (BufferUnderflowException | IllegalArgumentException e) { // read, or gone, beyond the end
            throw new IOException("a class file that ends too early, after " + classFile.length + " bytes", e);
        }
    }

    private static String dotted(ConstantPool pool, int index) throws IOException {
        return pool.className(index).replace('/', '.');
    }

    private static void members(ByteBuffer in, ConstantPool pool, String between, Set<String> members)
            throws IOException {
        for (int count = in.getChar(); count > 0; count--) {
            skip(in, 2); // access flags
            String name = pool.utf8(in.getChar());
            members.add(name + between + pool.utf8(in.getChar()));
            for (int attributes = in.getChar(); attributes > 0; attributes--) {
                skip(in, 2); // name
                skip(in, in.getInt());
            }
        }
    }

    private static void skip(ByteBuffer in, int bytes) {
        in.position(in.position() + bytes);
    }
}
