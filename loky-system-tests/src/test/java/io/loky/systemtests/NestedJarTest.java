/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An executable jar with jars in it, as Spring Boot makes them: also this library is in a jar in the jar. */
class NestedJarTest {
    private static final String LAUNCHER = "org.springframework.boot.loader.launch.JarLauncher";

    @TempDir
    Path folder;

    @Test
    void executableJar_withTheLibraryInside_usesWorkers() throws Exception {
        Map<String, byte[]> library = MemoryCompiler.compile(
                "package lib; public class Item implements java.io.Serializable { public String toString() { return \"item\"; } }");
        Map<String, byte[]> program = MemoryCompiler.compile(
                library,
                """
                package app;
                import io.loky.*;
                import java.util.*;

                public class Main {
                    record Point(int x, int y) implements java.io.Serializable {}

                    static String text(java.io.InputStream in) throws Exception {
                        try (in) { return new String(in.readAllBytes()); }
                    }

                    public static void main(String[] args) throws Exception {
                        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
                            System.out.println(pool.submit(() -> new Point(1, 2)).get());
                            System.out.println(pool.submit(() -> new lib.Item()).get());
                            String here = Main.class.getProtectionDomain().getCodeSource().getLocation().toString();
                            System.out.println(pool.submit(() ->
                                    Main.class.getProtectionDomain().getCodeSource().getLocation().toString()).get().equals(here));
                            System.out.println(pool.submit(() -> text(Main.class.getResourceAsStream("/note.txt"))).get());
                            System.out.println(pool.submit(() -> text(Main.class.getResource("/lib-note.txt").openStream())).get());
                            System.out.println(pool.submit(() -> ServiceLoader.load(java.util.concurrent.Callable.class)
                                    .iterator().next().getClass().getName()).get());
                            try {
                                pool.submit(() -> { if (true) throw new IllegalStateException("x"); return 1; }).get();
                            } catch (java.util.concurrent.ExecutionException e) {
                                System.out.println(e.getCause());
                            }
                        }
                    }
                }
                """,
                "package app; public class Provided implements java.util.concurrent.Callable<String> {"
                        + " public String call() { return \"\"; } }");
        Map<String, byte[]> inLibrary = files(library);
        inLibrary.put("lib-note.txt", "a note of the library".getBytes(UTF_8));
        inLibrary.put("META-INF/services/java.util.concurrent.Callable", "app.Provided".getBytes(UTF_8));
        Map<String, byte[]> jar = new TreeMap<>(content(Path.of(Class.forName(LAUNCHER)
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI())));
        jar.put(
                "META-INF/MANIFEST.MF",
                ("Manifest-Version: 1.0\nMain-Class: " + LAUNCHER + "\nStart-Class: app.Main\n"
                                + "Spring-Boot-Classes: BOOT-INF/classes/\nSpring-Boot-Lib: BOOT-INF/lib/\n")
                        .getBytes(UTF_8));
        files(program).forEach((name, bytes) -> jar.put("BOOT-INF/classes/" + name, bytes));
        jar.put("BOOT-INF/classes/note.txt", "a note".getBytes(UTF_8));
        jar.put("BOOT-INF/lib/lib.jar", zip(inLibrary));
        jar.put("BOOT-INF/lib/loky.jar", zip(content(Path.of(Programs.library()))));
        Path file = Files.write(folder.resolve("app.jar"), zip(jar));

        List<String> lines = new Programs(folder).run(Programs.java(), "-jar", file.toString());

        assertThat(lines)
                .containsExactly(
                        "Point[x=1, y=2]",
                        "item",
                        "true",
                        "a note",
                        "a note of the library",
                        "app.Provided",
                        "java.lang.IllegalStateException: x");
    }

    private static Map<String, byte[]> files(Map<String, byte[]> classes) {
        Map<String, byte[]> files = new TreeMap<>();
        classes.forEach((name, bytes) -> files.put(name.replace('.', '/') + ".class", bytes));
        return files;
    }

    /** Of a jar or a folder, without its manifest. */
    private static Map<String, byte[]> content(Path place) throws IOException {
        Map<String, byte[]> content = new TreeMap<>();
        if (Files.isDirectory(place)) {
            try (Stream<Path> all = Files.walk(place)) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    content.put(place.relativize(file).toString(), Files.readAllBytes(file));
                }
            }
        } else {
            try (JarFile jar = new JarFile(place.toFile())) {
                for (ZipEntry entry : Collections.list(jar.entries())) {
                    if (!entry.isDirectory()) {
                        try (InputStream in = jar.getInputStream(entry)) {
                            content.put(entry.getName(), in.readAllBytes());
                        }
                    }
                }
            }
        }
        content.remove("META-INF/MANIFEST.MF");
        return content;
    }

    /** Not compressed: jars in the jar must not be. The folders have entries of their own, and the manifest comes first. */
    private static byte[] zip(Map<String, byte[]> content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Map<String, byte[]> entries = new TreeMap<>(content);
        for (String name : content.keySet()) {
            for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
                entries.put(name.substring(0, slash + 1), new byte[0]);
            }
        }
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            out.setMethod(ZipOutputStream.STORED);
            byte[] manifest = entries.remove("META-INF/MANIFEST.MF");
            if (manifest != null) {
                put("META-INF/MANIFEST.MF", manifest, out);
            }
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                put(entry.getKey(), entry.getValue(), out);
            }
        }
        return bytes.toByteArray();
    }

    private static void put(String name, byte[] content, ZipOutputStream out) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        entry.setSize(content.length);
        out.putNextEntry(entry);
        ((OutputStream) out).write(content);
        out.closeEntry();
    }
}
