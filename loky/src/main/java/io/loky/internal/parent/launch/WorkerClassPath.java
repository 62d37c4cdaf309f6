/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** What a worker finds classes in: this library, then what the parent has on its class path, with absolute paths. */
final class WorkerClassPath {
    private WorkerClassPath() {}

    /**
     * @throws IOException if this library is not in a file or folder that another JVM could read
     */
    static String get() throws IOException {
        Set<String> entries = new LinkedHashSet<>();
        entries.add(library().toString());
        String parent = System.getProperty("java.class.path", "");
        if (parent.isEmpty()) { // a parent on the module path
            return String.join(File.pathSeparator, entries);
        }
        for (String entry : parent.split(Pattern.quote(File.pathSeparator), -1)) {
            // An empty entry is the working directory, which the worker's may not be.
            entries.add(Path.of(entry).toAbsolutePath().normalize().toString());
        }
        return String.join(File.pathSeparator, entries);
    }

    private static Path library() throws IOException {
        CodeSource source = WorkerClassPath.class.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        try {
            URI uri = location == null ? null : location.toURI();
            if (uri != null && "file".equals(uri.getScheme())) {
                return Path.of(uri);
            }
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            throw new IOException("the Loky library is at " + location + ", which is not a path", e);
        }
        throw new IOException("the Loky library was loaded from " + location
                + ", which another JVM cannot read; put the Loky jar on the class path or module path as a file");
    }
}
