/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.classfile;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The constant pool of a class file: all names that it mentions (JVMS 4.4). Where the pool ends is known afterwards, so that
 * whoever needs more of the file reads on from there.
 *
 * <pre>
 *    0            4               8                  10
 *   +------------+---------------+------------------+----------------+---------------+------------+ ...
 *   | CAFE BABE  | minor, major  | count of entries | entries 1 ...  | access flags  | this class |
 *   +------------+---------------+------------------+----------------+---------------+------------+ ...
 *                                                                     ^ end()
 * </pre>
 */
public final class ConstantPool {
    private static final int MAGIC = 0xCAFEBABE;
    private static final int UTF8 = 1;
    private static final int INTEGER = 3;
    private static final int FLOAT = 4;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int STRING = 8;
    private static final int FIELD = 9;
    private static final int METHOD = 10;
    private static final int INTERFACE_METHOD = 11;
    private static final int NAME_AND_TYPE = 12;
    private static final int METHOD_HANDLE = 15;
    private static final int METHOD_TYPE = 16;
    private static final int DYNAMIC = 17;
    private static final int INVOKE_DYNAMIC = 18;
    private static final int MODULE = 19;
    private static final int PACKAGE = 20;

    private static final String PRIMITIVES = "BCDFIJSZ";

    private final byte[] bytes;
    private final ByteBuffer file;

    /** Where the tag of each entry stands; 0 for the places that are not used. */
    private final int[] offsets;

    private final int end;

    private ConstantPool(byte[] bytes, int[] offsets, int end) {
        this.bytes = bytes;
        this.file = ByteBuffer.wrap(bytes);
        this.offsets = offsets;
        this.end = end;
    }

    /**
     * @throws IOException if this is not a class file, or one that is newer than this code
     */
    public static ConstantPool of(byte[] classFile) throws IOException {
        try {
            ByteBuffer file = ByteBuffer.wrap(classFile);
            if (file.getInt(0) != MAGIC) {
                throw new IOException("not a class file: it begins with " + Integer.toHexString(file.getInt(0)));
            }
            int[] offsets = new int[file.getChar(8)];
            int at = 10;
            for (int i = 1; i < offsets.length; i++) {
                offsets[i] = at;
                int tag = file.get(at);
                at += 1 + length(tag, file, at);
                if (tag == LONG || tag == DOUBLE) {
                    i++; // they take two numbers
                }
            }
            file.getInt(at); // access flags and name are there
            return new ConstantPool(classFile, offsets, at);
        } catch (IndexOutOfBoundsException e) {
            throw new IOException("a class file that ends too early, after " + classFile.length + " bytes", e);
        }
    }

    private static int length(int tag, ByteBuffer file, int at) throws IOException {
        return switch (tag) {
            case UTF8 -> 2 + file.getChar(at + 1);
            case CLASS, STRING, METHOD_TYPE, MODULE, PACKAGE -> 2;
            case METHOD_HANDLE -> 3;
            case INTEGER, FLOAT, FIELD, METHOD, INTERFACE_METHOD, NAME_AND_TYPE, DYNAMIC, INVOKE_DYNAMIC -> 4;
            case LONG, DOUBLE -> 8;
            default -> throw new IOException("a class file with a constant of the unknown tag " + tag);
        };
    }

    /** Where the access flags stand, right after the pool. */
    public int end() {
        return end;
    }

    /** The name of the class in this file, with dots. */
    public String thisClass() throws IOException {
        return className(file.getChar(end + 2)).replace('/', '.');
    }

    /** The name, with slashes, or the array descriptor, that the class entry with this number stands for. */
    public String className(int index) throws IOException {
        return utf8(file.getChar(offset(index, CLASS) + 1));
    }

    /** The text with this number. */
    public String utf8(int index) throws IOException {
        int at = offset(index, UTF8);
        int length = file.getChar(at + 1);
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, at + 1, 2 + length))) {
            return in.readUTF(); // the same "modified UTF-8"
        } catch (UTFDataFormatException e) {
            throw new IOException("a class file with a text that is none, entry " + index, e);
        }
    }

    private int offset(int index, int tag) throws IOException {
        if (index <= 0 || index >= offsets.length || offsets[index] == 0 || file.get(offsets[index]) != tag) {
            throw new IOException("a class file whose entry " + index + " does not have the tag " + tag);
        }
        return offsets[index];
    }

    /** All classes that the file mentions by themselves or as elements of arrays, with dots, in their order in the file. */
    public Set<String> classNames() throws IOException {
        Set<String> names = new LinkedHashSet<>();
        for (int i = 1; i < offsets.length; i++) {
            if (offsets[i] != 0 && file.get(offsets[i]) == CLASS) {
                String name = className(i);
                if (name.startsWith("[")) {
                    String element = name.substring(name.lastIndexOf('[') + 1);
                    if (element.length() == 1 && PRIMITIVES.contains(element)) {
                        continue;
                    }
                    if (element.length() < 3 || !element.startsWith("L") || !element.endsWith(";")) {
                        throw new IOException("a class file with an array of nothing that there is, entry " + i);
                    }
                    name = element.substring(1, element.length() - 1);
                }
                names.add(name.replace('/', '.'));
            }
        }
        return names;
    }

    /** All constant texts. */
    public Set<String> texts() throws IOException {
        Set<String> texts = new LinkedHashSet<>();
        for (int i = 1; i < offsets.length; i++) {
            if (offsets[i] != 0 && file.get(offsets[i]) == STRING) {
                texts.add(utf8(file.getChar(offsets[i] + 1)));
            }
        }
        return texts;
    }

    /** A field or method that the file mentions: its class with dots, its name and its descriptor. */
    public record Member(String owner, String name, String descriptor) {}

    /** All fields that the code in the file reads or writes. */
    public List<Member> fields() throws IOException {
        List<Member> fields = new ArrayList<>();
        for (int i = 1; i < offsets.length; i++) {
            if (offsets[i] != 0 && file.get(offsets[i]) == FIELD) {
                int nameAndType = offset(file.getChar(offsets[i] + 3), NAME_AND_TYPE);
                fields.add(new Member(
                        className(file.getChar(offsets[i] + 1)).replace('/', '.'),
                        utf8(file.getChar(nameAndType + 1)),
                        utf8(file.getChar(nameAndType + 3))));
            }
        }
        return fields;
    }
}
