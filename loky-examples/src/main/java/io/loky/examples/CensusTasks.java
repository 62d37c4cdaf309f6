/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The census as single tasks, for programs that run them in a pool of their own. */
public final class CensusTasks {

    private CensusTasks() {}

    /**
     * The jars of the local Maven repository, sorted.
     *
     * @throws IllegalArgumentException if there is no such repository
     * @throws IOException if it cannot be read
     */
    public static List<Path> jars() throws IOException {
        return JarFinder.find(CensusFolders.checked(List.of())).jars();
    }

    /** Reads a jar as {@link Census} does; how many classes and methods there are in it, 0 if it is damaged. */
    public static long count(String path) {
        return JarCensus.of(path, 1) instanceof JarResult.Counted counted ? counted.classes() + counted.methods() : 0;
    }
}
