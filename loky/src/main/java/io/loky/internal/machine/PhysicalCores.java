/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.machine;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The cores of the machine: logical CPUs that share one, as with hyper-threading, count once. Linux says which CPUs share one
 * in {@code /sys/devices/system/cpu/cpu<n>/topology}; a CPU that is switched off has no such directory.
 */
final class PhysicalCores {
    private static final String CORE = "topology/core_cpus_list";

    /** Its name before Linux 5.3. */
    private static final String CORE_ONCE = "topology/thread_siblings_list";

    private PhysicalCores() {}

    /** Empty where this system does not say. */
    static OptionalInt count() {
        return count(Path.of("/sys/devices/system/cpu"));
    }

    static OptionalInt count(Path folder) {
        Set<String> cores = new HashSet<>();
        try (DirectoryStream<Path> cpus = Files.newDirectoryStream(folder, "cpu[0-9]*")) {
            for (Path cpu : cpus) {
                Path core = cpu.resolve(CORE);
                Path known = Files.exists(core) ? core : cpu.resolve(CORE_ONCE);
                if (Files.exists(known)) {
                    cores.add(Files.readString(known).strip());
                }
            }
        } catch (IOException | RuntimeException e) { // not Linux, or not shown
            return OptionalInt.empty();
        }
        return cores.isEmpty() ? OptionalInt.empty() : OptionalInt.of(cores.size());
    }
}
