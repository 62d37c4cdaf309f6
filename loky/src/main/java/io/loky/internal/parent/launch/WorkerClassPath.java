/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.directory.WorkerDirectory;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** What a worker finds classes in: this library, then what the program has on its class path. */
final class WorkerClassPath {
    private WorkerClassPath() {}

    /**
     * @param directory of the worker; it is made if the library has to be copied there
     * @param program what the program has on its class path
     * @throws IOException if this library is in a place that can be neither named nor copied
     */
    static String get(WorkerDirectory directory, List<String> program) throws IOException {
        Set<String> entries = new LinkedHashSet<>();
        entries.add(library(directory).toString());
        entries.addAll(program);
        return String.join(File.pathSeparator, entries);
    }

    /**
     * Where this library is; null where it has to be copied for each worker.
     *
     * @throws IOException if that is a file which no path leads to
     */
    static @Nullable Path library() throws IOException {
        URL location = location();
        try {
            return location != null && "file".equals(location.getProtocol()) ? Path.of(location.toURI()) : null;
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            throw new IOException("the Loky library is at " + location + ", which is not a path", e);
        }
    }

    private static @Nullable URL location() {
        CodeSource source = WorkerClassPath.class.getProtectionDomain().getCodeSource();
        return source == null ? null : source.getLocation();
    }

    private static Path library(WorkerDirectory directory) throws IOException {
        Path file = library();
        if (file != null) {
            return file;
        }
        URL location = location();
        if (location != null && location.openConnection() instanceof JarURLConnection jar) {
            directory.make();
            copy(jar, directory.libraryFile());
            return directory.libraryFile();
        }
        throw new IOException("the Loky library was loaded from " + location
                + ", which another JVM cannot read; put the Loky jar on the class path or module path as a file");
    }

    /** A jar in a jar, as executable jars have them: only this JVM has a handler that can look into it. */
    private static void copy(JarURLConnection connection, Path target) throws IOException {
        JarFile jar = connection.getJarFile(); // not closed: whoever has loaded our classes may share it
        try (OutputStream file = Files.newOutputStream(target);
                ZipOutputStream out = new ZipOutputStream(file)) {
            out.setLevel(Deflater.BEST_SPEED);
            for (JarEntry entry : Collections.list(jar.entries())) {
                if (!entry.isDirectory()) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    try (InputStream in = jar.getInputStream(entry)) {
                        in.transferTo(out);
                    }
                    out.closeEntry();
                }
            }
        }
    }
}
