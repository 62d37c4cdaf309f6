/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.classfile;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a method is in its source, and what its variables are called there: from the attributes SourceFile, LineNumberTable
 * and LocalVariableTable (JVMS 4.7.10, 4.7.12, 4.7.13), each of which a compiler may leave out.
 *
 * @param file such as {@code App.java}; null where it is not known
 * @param line the first one of its body; 0 where it is not known
 * @param variables those that are there from the beginning, which are {@code this} and the parameters, by their slot; empty
 *     where they are not known
 */
public record MethodSource(@Nullable String file, int line, Map<Integer, String> variables) {

    /**
     * Of the method with this name and descriptor.
     *
     * @return null if the class has no such method
     * @throws IOException if this is not a class file, or one that is newer than this code
     */
    public static @Nullable MethodSource of(byte[] classFile, String name, String descriptor) throws IOException {
        try {
            return new Search(classFile, name, descriptor).result();
        } catch (BufferUnderflowException | IllegalArgumentException e) { // read, or gone, beyond the end
            throw new IOException("a class file that ends too early, after " + classFile.length + " bytes", e);
        }
    }

    /** One walk through a class file behind its constant pool. */
    private static final class Search {
        private final ConstantPool pool;
        private final ByteBuffer in;
        private final String name;
        private final String descriptor;

        private boolean found;
        private @Nullable String file;
        private int line;
        private final Map<Integer, String> variables = new TreeMap<>();

        Search(byte[] classFile, String name, String descriptor) throws IOException {
            this.pool = ConstantPool.of(classFile);
            this.in = ByteBuffer.wrap(classFile);
            this.name = name;
            this.descriptor = descriptor;
        }

        @Nullable
        MethodSource result() throws IOException {
            in.position(pool.end() + 6); // access flags, this class, its superclass
            skip(2 * in.getChar()); // interfaces
            members(false);
            members(true);
            attributes(attribute -> {
                if (attribute.equals("SourceFile")) {
                    file = pool.utf8(in.getChar());
                }
            });
            return found ? new MethodSource(file, line, Map.copyOf(variables)) : null;
        }

        private void members(boolean methods) throws IOException {
            for (int count = in.getChar(); count > 0; count--) {
                skip(2); // access flags
                String itsName = pool.utf8(in.getChar());
                String itsDescriptor = pool.utf8(in.getChar());
                boolean look = methods && itsName.equals(name) && itsDescriptor.equals(descriptor);
                found |= look;
                attributes(attribute -> {
                    if (look && attribute.equals("Code")) {
                        code();
                    }
                });
            }
        }

        private void code() throws IOException {
            skip(4); // sizes of the stack and of the variables
            skip(in.getInt()); // the code
            skip(8 * in.getChar()); // exception handlers
            attributes(attribute -> {
                switch (attribute) {
                    case "LineNumberTable" -> lines();
                    case "LocalVariableTable" -> variables();
                    default -> {}
                }
            });
        }

        private void lines() {
            for (int count = in.getChar(); count > 0; count--) {
                skip(2); // where the code of the line begins
                int number = in.getChar();
                line = line == 0 ? number : Math.min(line, number);
            }
        }

        private void variables() throws IOException {
            for (int count = in.getChar(); count > 0; count--) {
                int begin = in.getChar();
                skip(2); // how long it is there
                String variable = pool.utf8(in.getChar());
                skip(2); // its type
                int slot = in.getChar();
                if (begin == 0) {
                    variables.put(slot, variable);
                }
            }
        }

        /** Hands over each attribute, and goes to the next one, whatever was read of it. */
        private void attributes(Reader reader) throws IOException {
            for (int count = in.getChar(); count > 0; count--) {
                String attribute = pool.utf8(in.getChar());
                int end = in.getInt() + in.position();
                reader.read(attribute);
                in.position(end);
            }
        }

        private void skip(int bytes) {
            in.position(in.position() + bytes);
        }
    }

    private interface Reader {
        void read(String attribute) throws IOException;
    }
}
