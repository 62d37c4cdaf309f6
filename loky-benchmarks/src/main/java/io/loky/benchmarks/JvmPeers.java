/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.benchmarks.peers.PeerMain;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What Maven Central has for the same job, tasks in another JVM behind an {@code ExecutorService}, each measured in a JVM of its own. The
 * two clusters have one member on this machine, which a client calls.
 */
final class JvmPeers {

    private static final int JAVA_THAT_WARNS_OF_UNSAFE = 24;

    /** The library, and the artifact whose jar tells its version. */
    private static final Map<String, String> ARTIFACTS = new TreeMap<>(Map.of(
            PeerMain.OUT_PROCESS, "out-process", PeerMain.HAZELCAST, "hazelcast", PeerMain.IGNITE, "ignite-core"));

    /** What Hazelcast asks for when it starts without. */
    private static final List<String> HAZELCAST_FLAGS = List.of(
            "--add-modules=java.se",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.management/sun.management=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED");

    /** What Ignite's start scripts open. */
    private static final List<String> IGNITE_OPENS = List.of(
            "java.base/java.io",
            "java.base/java.lang",
            "java.base/java.lang.invoke",
            "java.base/java.lang.reflect",
            "java.base/java.math",
            "java.base/java.net",
            "java.base/java.nio",
            "java.base/java.text",
            "java.base/java.time",
            "java.base/java.util",
            "java.base/java.util.concurrent",
            "java.base/java.util.concurrent.atomic",
            "java.base/java.util.concurrent.locks",
            "java.base/jdk.internal.access",
            "java.base/jdk.internal.misc",
            "java.base/sun.nio.ch",
            "java.base/sun.reflect.generics.reflectiveObjects",
            "java.base/sun.util.calendar",
            "java.management/com.sun.jmx.mbeanserver",
            "java.management/sun.management",
            "jdk.internal.jvmstat/sun.jvmstat.monitor",
            "jdk.management/com.sun.management.internal");

    private JvmPeers() {}

    /** @param openPorts whether a peer may listen on all interfaces, which out-process does whatever one says */
    static List<Contender> all(PeerJars jars, boolean openPorts) {
        return ARTIFACTS.keySet().stream()
                .map(library -> contender(library, jars, openPorts))
                .toList();
    }

    /** The versions of those that are there, by name. */
    static Map<String, String> versions(PeerJars jars) {
        Map<String, String> versions = new TreeMap<>();
        ARTIFACTS.forEach(
                (library, artifact) -> jars.version(artifact).ifPresent(version -> versions.put(library, version)));
        return versions;
    }

    private static Contender contender(String library, PeerJars jars, boolean openPorts) {
        return new RemotePeer(
                library,
                unavailable(library, jars, openPorts),
                JvmPeers::measures,
                () -> PeerProcess.java(library, jvmArgs(library), jars.classPath()));
    }

    private static Optional<String> unavailable(String library, PeerJars jars, boolean openPorts) {
        String artifact = ARTIFACTS.getOrDefault(library, library);
        if (jars.version(artifact).isEmpty()) {
            return Optional.of("no " + artifact + " jar in the folder 'peers' beside that of the benchmarks");
        }
        return library.equals(PeerMain.OUT_PROCESS) && !openPorts
                ? Optional.of("it listens on all interfaces, which --open-ports allows")
                : Optional.empty();
    }

    private static boolean measures(Metric metric) {
        return switch (metric) {
            case ROUND_TRIP, THROUGHPUT_1, ECHO, FIRST_RESULT -> true;
            default -> false;
        };
    }

    private static List<String> jvmArgs(String library) {
        return switch (library) {
            case PeerMain.HAZELCAST -> HAZELCAST_FLAGS;
            case PeerMain.IGNITE ->
                Stream.concat(IGNITE_OPENS.stream().map(name -> "--add-opens=" + name + "=ALL-UNNAMED"), unsafe())
                        .toList();
            default -> List.of();
        };
    }

    private static Stream<String> unsafe() {
        return Runtime.version().feature() >= JAVA_THAT_WARNS_OF_UNSAFE
                ? Stream.of("--sun-misc-unsafe-memory-access=allow")
                : Stream.empty();
    }

    /** This library in such a JVM: for what is measured while nothing else is busy there. */
    static PeerProcess ours() throws IOException {
        return PeerProcess.java(PeerMain.LOKY, List.of(), System.getProperty("java.class.path"));
    }
}
