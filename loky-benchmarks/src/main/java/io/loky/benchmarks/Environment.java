/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Where and when the figures were made: enough to judge them, nothing that names the machine or its user. */
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
        Python python) {

    static Environment now(Python python) {
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
                python);
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }

    /** The load average of the last minute; negative where the system has none. */
    static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
