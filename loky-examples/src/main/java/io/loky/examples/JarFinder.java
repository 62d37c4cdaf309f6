/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the jars in folders and their sub-folders, each jar and each folder once, whatever the links between them.
 *
 * <p>Links are followed. A link to nowhere that has the name of a jar counts as a jar, so that the census can say that it
 * is damaged.
 */
final class JarFinder extends SimpleFileVisitor<Path> {

    private final Set<Path> seenFolders = new HashSet<>();
    private final SortedSet<Path> jars = new TreeSet<>();
    private final List<String> skipped = new ArrayList<>();

    private JarFinder() {}

    /**
     * What was found.
     *
     * @param jars the real paths of the jars, sorted
     * @param skipped what could not be looked at, and why
     */
    record Found(List<Path> jars, List<String> skipped) {}

    static Found find(List<Path> folders) throws IOException {
        JarFinder finder = new JarFinder();
        for (Path folder : folders) {
            Files.walkFileTree(
                    folder.toRealPath(), EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, finder);
        }
        return new Found(List.copyOf(finder.jars), List.copyOf(finder.skipped));
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
        return seenFolders.add(folder.toRealPath()) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        if (!isNamedLikeAJar(file)) {
            return FileVisitResult.CONTINUE;
        }
        if (attributes.isRegularFile()) {
            jars.add(file.toRealPath());
        } else if (attributes.isSymbolicLink()) { // links are followed, so it leads nowhere
            jars.add(file);
        } else {
            skipped.add(file + ": not a regular file");
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
        // a loop of links is not worth a word: what it leads to has been seen
        if (!(failure instanceof FileSystemLoopException)) {
            skipped.add(file + ": " + failure.getClass().getSimpleName());
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
        if (failure != null) {
            skipped.add(folder + ": not read to its end, " + failure.getClass().getSimpleName());
        }
        return FileVisitResult.CONTINUE;
    }

    private static boolean isNamedLikeAJar(Path file) {
        Path name = file.getFileName();
        return name != null && name.toString().toLowerCase(Locale.ROOT).endsWith(".jar");
    }
}
