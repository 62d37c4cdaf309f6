/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes jars, and finds those that are there anyway. */
final class Jars {

    private Jars() {}

    static Path write(Path jar, Map<String, byte[]> entries) throws IOException {
        return write(jar, ZipEntry.DEFLATED, entries);
    }

    /** Without compression, so that the bytes of an entry can be found and changed in the file. */
    static Path writeStored(Path jar, Map<String, byte[]> entries) throws IOException {
        return write(jar, ZipEntry.STORED, entries);
    }

    private static Path write(Path jar, int method, Map<String, byte[]> entries) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, byte[]> content : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(content.getKey());
                entry.setMethod(method);
                if (method == ZipEntry.STORED) {
                    CRC32 checksum = new CRC32();
                    checksum.update(content.getValue());
                    entry.setCrc(checksum.getValue());
                    entry.setSize(content.getValue().length);
                }
                out.putNextEntry(entry);
                out.write(content.getValue());
                out.closeEntry();
            }
        }
        return jar;
    }

    /** Replaces each occurrence of a text in a file by another one of the same length. */
    static void replace(Path file, String from, String to) throws IOException {
        Charset bytes = StandardCharsets.ISO_8859_1;
        Files.writeString(file, Files.readString(file, bytes).replace(from, to), bytes);
    }

    /** The jar on the class path that a class comes from. */
    static Path of(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
