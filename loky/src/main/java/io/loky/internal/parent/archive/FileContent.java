/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.archive;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * What a file holds, in a few digits that are part of a file's name. Two checksums of 32 bits: against accidents, of which there are too few for
 * 64 bits, and not against malice, which has no access. A digest would be computed by bytecode at the start of a program, and take longer
 * than an archive saves.
 *
 * @param size in bytes
 * @param sum sixteen digits
 */
record FileContent(long size, String sum) {
    private static final int BUFFER = 1 << 16;

    static FileContent of(Path file) throws IOException {
        try (InputStream in = new FileInputStream(file.toFile())) {
            return of(in);
        }
    }

    static FileContent of(InputStream in) throws IOException {
        CRC32 one = new CRC32();
        CRC32C other = new CRC32C();
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            one.update(buffer, 0, read);
            other.update(buffer, 0, read);
            size += read;
        }
        return new FileContent(size, digits(one.getValue()).concat(digits(other.getValue())));
    }

    /** Eight of them. */
    private static String digits(long sum) {
        return Long.toHexString(sum | 1L << 32).substring(1);
    }

    @Override
    public String toString() {
        return Long.toString(size, Character.MAX_RADIX).concat("-").concat(sum);
    }
}
