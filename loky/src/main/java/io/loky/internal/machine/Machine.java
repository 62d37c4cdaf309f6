/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.machine;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** What this process may use. Asked once: limits that change while a JVM runs do not change what was built on them. */
public final class Machine {
    private static final System.Logger LOG = System.getLogger("io.loky.machine");

    private Machine() {}

    /**
     * The CPUs that this process may use: what the JVM says, which knows the affinity of the process and {@code
     * -XX:ActiveProcessorCount}, and no more than the control groups allow, of which not every JVM knows every kind. A
     * fraction counts as a whole one. At least 1.
     */
    public static int cpus() {
        return Cpus.LOGICAL;
    }

    /**
     * The same, but CPUs that share a core count once; where something keeps this process from using all CPUs of the machine,
     * nothing is counted once, since that something may have chosen by core already. Python's loky has the same rule.
     */
    public static int cores() {
        return Cpus.PHYSICAL;
    }

    /** The bytes of memory that this process may use, or that the machine has. Empty where this system does not say. */
    public static OptionalLong memoryBytes() {
        return Memory.BYTES;
    }

    /** How many CPUs the control groups let this process use on the average. Empty if they do not limit it. */
    public static OptionalDouble cpuQuota() {
        return Cgroup.ofThisProcess().cpus();
    }

    /** How many bytes of memory the control groups let this process use. Empty if they do not limit it. */
    public static OptionalLong memoryLimit() {
        return Cgroup.ofThisProcess().memoryBytes();
    }

    static int atMost(int available, Cgroup group) {
        double quota = group.cpus().orElse(Double.MAX_VALUE);
        return Math.max(1, quota < available ? (int) Math.ceil(quota) : available);
    }

    /** Found out when first needed. */
    private static final class Cpus {
        static final int LOGICAL = atMost(Runtime.getRuntime().availableProcessors(), Cgroup.ofThisProcess());
        static final int PHYSICAL = LOGICAL < onlineCpus() ? LOGICAL : physical();

        private static int physical() {
            int found = PhysicalCores.count().orElse(0);
            if (found == 0) {
                LOG.log(
                        Level.INFO,
                        "this system does not tell its physical cores; all " + LOGICAL + " CPUs are counted");
                return LOGICAL;
            }
            return Math.min(found, LOGICAL);
        }

        private static int onlineCpus() {
            int count = 0;
            try (DirectoryStream<Path> cpus =
                    Files.newDirectoryStream(Path.of("/sys/devices/system/cpu"), "cpu[0-9]*")) {
                for (Path cpu : cpus) {
                    if (Files.exists(cpu.resolve("topology"))) {
                        count++;
                    }
                }
            } catch (IOException | RuntimeException e) { // not Linux: nothing is known to be kept away
                return 0;
            }
            return count;
        }
    }

    /** Found out when first needed. */
    private static final class Memory {
        static final OptionalLong BYTES = bytes();

        private static OptionalLong bytes() {
            OptionalLong allowed = Cgroup.ofThisProcess().memoryBytes();
            try {
                for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                    if (line.startsWith("MemTotal:")) {
                        long kibibytes = Long.parseLong(line.replaceAll("\\D", ""));
                        return OptionalLong.of(Math.min(kibibytes << 10, allowed.orElse(Long.MAX_VALUE)));
                    }
                }
            } catch (IOException | RuntimeException e) { // not Linux
                return allowed;
            }
            return allowed;
        }
    }
}
