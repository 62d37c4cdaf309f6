/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A second opinion on the sizes of methods: reads a class file from front to back, without ASM and without offsets. */
final class PlainClassFileParser {

    private final DataInputStream in;
    private String[] texts = new String[0];

    private PlainClassFileParser(byte[] classFile) {
        this.in = new DataInputStream(new ByteArrayInputStream(classFile));
    }

    /** {@code name + descriptor + " " + length} for each method with code. */
    static List<String> codeLengths(byte[] classFile) throws IOException {
        return new PlainClassFileParser(classFile).read();
    }

    private List<String> read() throws IOException {
        in.readLong(); // magic, versions
        readConstants();
        in.skipNBytes(6);
        in.skipNBytes(2L * in.readUnsignedShort());
        members(new ArrayList<>());
        List<String> found = new ArrayList<>();
        members(found);
        return found;
    }

    private void readConstants() throws IOException {
        texts = new String[in.readUnsignedShort()];
        for (int i = 1; i < texts.length; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> texts[i] = in.readUTF();
                case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
                case 15 -> in.skipNBytes(3);
                case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
                case 5, 6 -> {
                    in.skipNBytes(8);
                    i++;
                }
                default -> throw new IOException("constant of kind " + tag);
            }
        }
    }

    private void members(List<String> withCode) throws IOException {
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            in.skipNBytes(2);
            String name = texts[in.readUnsignedShort()];
            String descriptor = texts[in.readUnsignedShort()];
            for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
                boolean code = texts[in.readUnsignedShort()].equals("Code");
                DataInputStream content = new DataInputStream(new ByteArrayInputStream(in.readNBytes(in.readInt())));
                if (code) {
                    content.skipNBytes(4);
                    withCode.add(name + descriptor + " " + content.readInt());
                }
            }
        }
    }
}
