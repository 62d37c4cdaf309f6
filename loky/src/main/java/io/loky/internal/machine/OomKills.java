/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How many processes the kernel has killed because memory was short, as Linux counts it for the control group of one process, or,
 * where that does not tell, for the whole machine. Read when a worker starts and when it has died of a SIGKILL: if the number has
 * grown, it was the kernel.
 *
 * <p>A group counts all its processes, and several workers are in one, so each kill explains one death only: a worker that
 * somebody kills by hand, long after another one of its group was killed for memory, is not explained by that.
 *
 * @param file what counts
 * @param before the number when this was made
 */
public record OomKills(Path file, long before) {
    private static final String FIELD = "oom_kill ";
    private static final Path VMSTAT = Path.of("/proc/vmstat");

    /** Up to which number the kills that each file has counted are explained. Guarded by itself. */
    private static final Map<Path, Long> EXPLAINED = new HashMap<>();

    /** For the process with this pid, as of now; empty where this system does not tell. */
    public static Optional<OomKills> of(long pid) {
        return in(Path.of("/proc/self"), Path.of("/proc/" + pid), VMSTAT);
    }

    static Optional<OomKills> in(Path own, Path process, Path vmstat) {
        List<Path> counters = new Cgroup(own, process).oomKillCounters();
        for (Path counter : counters) {
            OptionalLong count = read(counter);
            if (count.isPresent()) {
                return Optional.of(new OomKills(counter, count.getAsLong()));
            }
        }
        OptionalLong count = read(vmstat);
        return count.isPresent() ? Optional.of(new OomKills(vmstat, count.getAsLong())) : Optional.empty();
    }

    /** The number now; empty where the group is gone. */
    public OptionalLong now() {
        return read(file);
    }

    /**
     * Whether one of the kills that are counted now is that of a process of which the caller knows that it was killed, and not that
     * of another one, for which this was asked before.
     */
    public boolean explain(long now) {
        synchronized (EXPLAINED) {
            long explained = Math.max(before, EXPLAINED.getOrDefault(file, 0L));
            if (now <= explained) {
                return false;
            }
            EXPLAINED.put(file, explained + 1);
            return true;
        }
    }

    private static OptionalLong read(Path file) {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(FIELD)) {
                    return OptionalLong.of(
                            Long.parseLong(line.substring(FIELD.length()).strip()));
                }
            }
        } catch (IOException | RuntimeException e) { // not Linux, no such controller, an old kernel, not for this user
            return OptionalLong.empty();
        }
        return OptionalLong.empty();
    }
}
