/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The libraries of the JVM peers: the jars in the folder {@code peers} beside this module's jar, which are on nobody's class path but
 * the peers' own; or, where this module is not packed, as in its tests, what is on the class path.
 */
final class PeerJars {

    private static final String FOLDER = "peers";

    private final List<Path> jars;

    private PeerJars(List<Path> jars) {
        this.jars = jars;
    }

    static PeerJars find() {
        Path folder = home().resolveSibling(FOLDER);
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                return new PeerJars(files.filter(file -> file.toString().endsWith(".jar"))
                        .sorted()
                        .toList());
            } catch (IOException e) {
                return new PeerJars(List.of()); // as if there were none, and that is said
            }
        }
        return new PeerJars(Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .toList());
    }

    private static Path home() {
        try {
            return Path.of(PeerJars.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("no path to this module", e);
        }
    }

    /** The version of a library, if its jar is there. */
    Optional<String> version(String artifact) {
        Pattern name = Pattern.compile(Pattern.quote(artifact) + "-(\\d[^/]*)\\.jar");
        return jars.stream()
                .map(jar -> name.matcher(String.valueOf(jar.getFileName())))
                .filter(Matcher::matches)
                .map(found -> found.group(1))
                .findFirst();
    }

    /** Of a JVM that measures a peer: this module, and all peers' libraries. */
    String classPath() {
        StringBuilder path = new StringBuilder(System.getProperty("java.class.path"));
        jars.forEach(jar -> path.append(File.pathSeparatorChar).append(jar));
        return path.toString();
    }
}
