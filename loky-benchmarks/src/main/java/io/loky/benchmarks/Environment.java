/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * Where and when the figures were made: enough to judge them, nothing that names the machine or its user.
 *
 * @param memoryMebibytes of the machine; 0 if it is not known
 * @param peers the versions of the JVM peers that are there, by name
 */
record Environment(
        Instant date,
        String javaVersion,
        String javaVendor,
        String javaVm,
        int javaFeature,
        String os,
        String osVersion,
        String architecture,
        int cpus,
        String cpuModel,
        long memoryMebibytes,
        Python python,
        Map<String, String> peers) {

    private static final String UNKNOWN = "unknown";
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    static Environment now(Python python, Map<String, String> peers) {
        return new Environment(
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                property("java.version"),
                property("java.vendor"),
                property("java.vm.name"),
                Runtime.version().feature(),
                property("os.name"),
                property("os.version"),
                property("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                cpu(),
                memoryBytes() >> 20,
                python,
                peers);
    }

    private static String cpu() {
        try {
            return Files.readAllLines(CPU_INFO).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(UNKNOWN);
        } catch (IOException e) {
            return UNKNOWN; // no such file where this is not Linux
        }
    }

    private static long memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 0;
    }

    private static String property(String name) {
        return System.getProperty(name, UNKNOWN);
    }

    /** The load average of the last minute; negative where the system has none. */
    static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
