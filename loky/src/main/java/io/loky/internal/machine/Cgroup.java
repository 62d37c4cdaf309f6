/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The limits that Linux's control groups, and with them containers, set to this process. A group cannot have more than the
 * groups that it is in, so the smallest limit on the way from the own group up to the root counts. Both versions of the
 * interface are asked, since a machine may have one controller here and the other there.
 *
 * <p>Files as the kernel's documentation describes them: {@code cpu.max} and {@code memory.max} of version 2, {@code
 * cpu.cfs_quota_us}, {@code cpu.cfs_period_us} and {@code memory.limit_in_bytes} of version 1. What is not there, or is not
 * understood, is no limit.
 */
final class Cgroup {
    /** Version 1 says "no limit" by a number close to 2^63. */
    private static final long NO_LIMIT = 1L << 60;

    private final List<Mount> mounts = new ArrayList<>();
    private final List<String> groups;

    /**
     * A place where groups are shown as directories.
     *
     * @param root the group that {@code directory} is
     * @param controllers of version 1; null for version 2
     */
    private record Mount(
            String root, Path directory, @Nullable List<String> controllers) {}

    /**
     * @param process the directory of the process in {@code /proc}
     */
    Cgroup(Path process) {
        this(process, process);
    }

    /**
     * The groups of another process.
     *
     * @param own the directory of this process, which sees the groups of both where they are mounted for it
     * @param process that of the other one
     */
    Cgroup(Path own, Path process) {
        for (String line : lines(own.resolve("mountinfo"))) {
            int dash = line.indexOf(" - ");
            String[] front = line.split(" ", -1);
            String[] back = dash < 0 ? new String[0] : line.substring(dash + 3).split(" ", -1);
            if (front.length < 5 || back.length < 3) {
                continue;
            }
            if (back[0].equals("cgroup2")) {
                mounts.add(new Mount(front[3], Path.of(front[4]), null));
            } else if (back[0].equals("cgroup")) {
                mounts.add(new Mount(front[3], Path.of(front[4]), Arrays.asList(back[2].split(",", -1))));
            }
        }
        groups = lines(process.resolve("cgroup"));
    }

    static Cgroup ofThisProcess() {
        return new Cgroup(Path.of("/proc/self"));
    }

    /** How many CPUs the process may use on the average; may be a fraction. Empty if that is not limited. */
    OptionalDouble cpus() {
        double smallest = Math.min(
                smallest("cpu", Cgroup::quotaOfVersion2, null), smallest("cpu", Cgroup::quotaOfVersion1, "cpu"));
        return smallest == Double.MAX_VALUE ? OptionalDouble.empty() : OptionalDouble.of(smallest);
    }

    /** How many bytes of memory the process may use, together with the others in its group. Empty if that is not limited. */
    OptionalLong memoryBytes() {
        double smallest = Math.min(
                smallest("memory", directory -> number(directory.resolve("memory.max")), null),
                smallest("memory", directory -> number(directory.resolve("memory.limit_in_bytes")), "memory"));
        return smallest >= NO_LIMIT ? OptionalLong.empty() : OptionalLong.of((long) smallest);
    }

    /** The files that may count, under {@code oom_kill}, which processes of the own group were killed for lack of memory. */
    List<Path> oomKillCounters() {
        List<Path> files = new ArrayList<>();
        for (Mount mount : mounts) {
            if (mount.controllers() == null) {
                Path group = groupIn(mount, "memory");
                files.add(group.resolve(
                        "memory.events.local")); // the other one counts what is below, too; Linux 5.2 has both
                files.add(group.resolve("memory.events"));
            } else if (mount.controllers().contains("memory")) {
                files.add(groupIn(mount, "memory").resolve("memory.oom_control"));
            }
        }
        return files;
    }

    /** The smallest of what the function finds in the groups; {@link Double#MAX_VALUE} if it finds nothing. */
    private double smallest(String controller, Function<Path, Double> limit, @Nullable String version1) {
        double smallest = Double.MAX_VALUE;
        for (Mount mount : mounts) {
            boolean asked = version1 == null
                    ? mount.controllers() == null
                    : mount.controllers() != null && mount.controllers().contains(controller);
            if (!asked) {
                continue;
            }
            for (Path group = groupIn(mount, controller); ; group = group.getParent()) {
                smallest = Math.min(smallest, limit.apply(group));
                if (group.equals(mount.directory()) || group.getParent() == null) {
                    break;
                }
            }
        }
        return smallest;
    }

    /** The directory of the own group. Where it is outside of what is mounted, as it may be in a container, the topmost one. */
    private Path groupIn(Mount mount, String controller) {
        for (String line : groups) {
            String[] parts = line.split(":", 3);
            if (parts.length < 3) {
                continue;
            }
            boolean mine = mount.controllers() == null
                    ? parts[1].isEmpty()
                    : Arrays.asList(parts[1].split(",", -1)).contains(controller);
            if (mine) {
                Path root = Path.of(mount.root());
                Path group = Path.of(parts[2]).normalize();
                return group.startsWith(root)
                        ? mount.directory().resolve(root.relativize(group)).normalize()
                        : mount.directory();
            }
        }
        return mount.directory();
    }

    private static double quotaOfVersion2(Path group) {
        String[] words = text(group.resolve("cpu.max")).split("\\s+", -1);
        return words.length < 2 ? Double.MAX_VALUE : ratio(parsed(words[0]), parsed(words[1]));
    }

    private static double quotaOfVersion1(Path group) {
        return ratio(number(group.resolve("cpu.cfs_quota_us")), number(group.resolve("cpu.cfs_period_us")));
    }

    private static double ratio(double quota, double period) {
        boolean limited = quota > 0 && quota != Double.MAX_VALUE && period > 0 && period != Double.MAX_VALUE;
        return limited ? quota / period : Double.MAX_VALUE;
    }

    private static double number(Path file) {
        return parsed(text(file));
    }

    private static double parsed(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) { // "max", or nothing
            return Double.MAX_VALUE;
        }
    }

    private static String text(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? "" : lines.get(0).strip();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException | RuntimeException e) { // not Linux, no such controller, not for this user
            return List.of();
        }
    }
}
