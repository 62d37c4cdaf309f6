/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;

/**
 * Walks through the methods of a class file for the lengths of their code, which ASM's visitors do not tell.
 *
 * <pre>
 *   header      access, this, super       u2 each
 *               interfaces                u2 count, u2 each
 *               fields, methods           u2 count, then for each: access, name, descriptor (u2), attributes
 *   attributes  u2 count, then for each:  u2 name, u4 length, bytes
 *   "Code"      u2 stack, u2 locals, u4 length of the code, ...
 *               u1 stack, u1 locals, u2 length of the code, ...     in class files before version 45.3
 * </pre>
 *
 * <p>On the way it checks that every attribute ends inside the class file, so that nobody who reads the file after it is
 * led to allocate gigabytes by a wrong length.
 */
final class MethodSizes {

    private final ClassReader file;
    private final int length;
    private final char[] buffer;
    private int offset;

    private MethodSizes(ClassReader file, int length) {
        this.file = file;
        this.length = length;
        this.buffer = new char[file.getMaxStringLength()];
        this.offset = file.header;
    }

    /**
     * The methods that have code, in the order of the class file.
     *
     * @param file the class file
     * @param length how many bytes it has
     * @throws RuntimeException if the class file is not well-formed
     */
    static List<MethodSize> of(ClassReader file, int length) {
        return new MethodSizes(file, length).read();
    }

    /** Whether the class file is of a version that predates Java 1.0.2, where a method's code looked different. */
    static boolean hasOldCode(ClassReader file) {
        return file.readUnsignedShort(6) == 45 && file.readUnsignedShort(4) < 3;
    }

    private List<MethodSize> read() {
        String owner = required(file.readClass(offset + 2, buffer), "class").replace('/', '.');
        offset += 6;
        skipInterfaces();
        skipFields();
        List<MethodSize> sizes = new ArrayList<>();
        for (int left = nextShort(); left > 0; left--) {
            readMethod(owner, sizes);
        }
        skipAttributes();
        return sizes;
    }

    private void skipInterfaces() {
        int count = nextShort();
        offset += 2 * count;
    }

    private void skipFields() {
        for (int left = nextShort(); left > 0; left--) {
            offset += 6;
            skipAttributes();
        }
    }

    private void readMethod(String owner, List<MethodSize> sizes) {
        String name = required(file.readUTF8(offset + 2, buffer), "method");
        String descriptor = required(file.readUTF8(offset + 4, buffer), "descriptor");
        offset += 6;
        for (int left = nextShort(); left > 0; left--) {
            boolean isCode = "Code".equals(file.readUTF8(offset, buffer));
            int content = nextAttribute();
            if (isCode) {
                sizes.add(new MethodSize(owner, name, descriptor, codeLength(content)));
            }
        }
    }

    private int codeLength(int content) {
        return hasOldCode(file) ? file.readUnsignedShort(content + 2) : file.readInt(content + 4);
    }

    private void skipAttributes() {
        for (int left = nextShort(); left > 0; left--) {
            nextAttribute();
        }
    }

    /** Moves on to the next attribute and returns where the content of this one begins. */
    private int nextAttribute() {
        long size = Integer.toUnsignedLong(file.readInt(offset + 2));
        int content = offset + 6;
        int left = length - content;
        if (size > left) {
            throw new IllegalArgumentException(
                    "an attribute of " + size + " bytes, but only " + left + " bytes are left");
        }
        offset = content + (int) size;
        return content;
    }

    private int nextShort() {
        int value = file.readUnsignedShort(offset);
        offset += 2;
        return value;
    }

    private static String required(@Nullable String text, String what) {
        if (text == null) {
            throw new IllegalArgumentException("a " + what + " without a name");
        }
        return text;
    }
}
