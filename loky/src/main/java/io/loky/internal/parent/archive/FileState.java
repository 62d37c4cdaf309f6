/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Which file this is, and how it looks without being read. */
record FileState(Path file, long size, long lastModified) {
    static FileState of(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileState(
                file, attributes.size(), attributes.lastModifiedTime().toMillis());
    }

    /** On the way to the first worker of a program, where each {@code +} between texts would cost a millisecond. */
    @Override
    public String toString() {
        return String.join(" ", file.toString(), Long.toString(size), Long.toString(lastModified), "");
    }
}
