/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The census of one jar: the task that runs in a worker process.
 *
 * <p>Counts every entry whose name ends in {@code .class}, {@code module-info.class} and the versions of a multi-release
 * jar included; jars inside of the jar are not opened. Where a name occurs twice, it counts once, as for a JVM.
 */
final class JarCensus {

    /** More than any real class file has. */
    private static final int LONGEST_CLASS_FILE = 64 << 20;

    private final Largest<MethodSize> largest;
    private final SortedMap<Integer, Long> versions = new TreeMap<>();
    private final List<JarResult.BadClass> bad = new ArrayList<>();
    private long classes;
    private long methods;

    private JarCensus(int top) {
        this.largest = new Largest<>(top, MethodSize.LARGEST_FIRST);
    }

    /**
     * Takes the census of a jar. Never fails for what is in the jar: that is in the result.
     *
     * @param path where the jar is
     * @param top how many of the largest methods to name
     */
    static JarResult of(String path, int top) {
        JarCensus census = new JarCensus(top);
        try (ZipFile jar = new ZipFile(path)) {
            census.read(jar);
        } catch (IOException | IllegalArgumentException e) {
            return new JarResult.Damaged(path, reason(e));
        }
        return new JarResult.Counted(
                path, census.classes, census.methods, census.versions, census.largest.toList(), census.bad);
    }

    private void read(ZipFile jar) {
        List<String> names = jar.stream()
                .filter(entry -> !entry.isDirectory())
                .map(ZipEntry::getName)
                .filter(name -> name.endsWith(".class"))
                .distinct()
                .toList();
        for (String name : names) {
            try {
                add(ClassCensus.of(bytes(jar, name)));
            } catch (BadClassFileException | IOException | IllegalArgumentException e) {
                bad.add(new JarResult.BadClass(name, reason(e)));
            }
        }
    }

    private void add(ClassCensus census) {
        classes++;
        methods += census.methods();
        versions.merge(census.majorVersion(), 1L, Long::sum);
        census.sizes().forEach(largest::add);
    }

    /** The content of an entry, checked against its checksum, which {@link ZipFile} does not do. */
    private static byte[] bytes(ZipFile jar, String name) throws IOException, BadClassFileException {
        ZipEntry entry = jar.getEntry(name);
        if (entry == null) {
            throw new BadClassFileException("listed in the jar but not found in it");
        }
        byte[] bytes;
        try (InputStream in = jar.getInputStream(entry)) {
            bytes = in.readNBytes(LONGEST_CLASS_FILE + 1);
        }
        if (bytes.length > LONGEST_CLASS_FILE) {
            throw new BadClassFileException("longer than " + LONGEST_CLASS_FILE + " bytes");
        }
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        if (entry.getCrc() != checksum.getValue()) {
            throw new BadClassFileException("its checksum is not the one that the jar states for it");
        }
        return bytes;
    }

    private static String reason(Exception e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        } else if (e instanceof AccessDeniedException) {
            return "no permission to read it";
        }
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
