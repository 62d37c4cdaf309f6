/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** The library that is tested, as a jar that can be run. */
final class LibraryJar {
    private LibraryJar() {}

    /** That of the build; where there is only a folder with its classes yet, one that is made of those in this folder. */
    static Path in(Path folder) throws Exception {
        Path library = Path.of(Programs.library());
        return Files.isDirectory(library) ? make(library, folder.resolve("loky.jar")) : library;
    }

    private static Path make(Path classes, Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "io.loky.internal.cli.Main");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                Stream<Path> all = Files.walk(classes)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        return jar;
    }
}
