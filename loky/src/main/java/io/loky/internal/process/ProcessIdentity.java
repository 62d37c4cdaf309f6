/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who a process is, as a text that fits into a file name and means the same in every JVM: {@code 4711-2mfq0-1k9x4zd}.
 *
 * <p>A pid alone is given away again, and means another process in another container or on another machine that shares the
 * directory. So the text holds the pid, when the process was started, and a tag of the kernel's boot and of the pid and time namespaces.
 * Only where all that can be compared is it known whether the process still runs.
 *
 * @param startTicks see {@link ProcessStat}; -1 where it is not known
 * @param tag of this boot and these namespaces; {@code 0} where it is not known
 */
public record ProcessIdentity(long pid, long startTicks, String tag) {
    private static final String UNKNOWN = "0";
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,18})-([0-9a-z]{1,12})-([0-9a-z]{1,12})");
    private static final String TAG = tagOfThisSystem();
    private static final ProcessIdentity SELF = of(ProcessHandle.current().pid());

    /** This JVM. */
    public static ProcessIdentity self() {
        return SELF;
    }

    /** The process that has this pid now. */
    public static ProcessIdentity of(long pid) {
        return ProcessStat.of(pid)
                .map(stat -> new ProcessIdentity(pid, stat.startTicks(), TAG))
                .orElse(new ProcessIdentity(pid, -1, UNKNOWN));
    }

    /** What {@link #toString} made; empty if that is something else. */
    public static Optional<ProcessIdentity> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            long ticks = Long.parseLong(matcher.group(2), Character.MAX_RADIX);
            return Optional.of(new ProcessIdentity(Long.parseLong(matcher.group(1)), ticks - 1, matcher.group(3)));
        } catch (NumberFormatException e) {
            return Optional.empty(); // too large a number: nobody of ours wrote it
        }
    }

    /** Whether it is certain that this process does not run any more. */
    public boolean isProvablyDead() {
        if (startTicks < 0 || TAG.equals(UNKNOWN) || !tag.equals(TAG)) {
            return false;
        }
        Optional<ProcessStat> now = ProcessStat.of(pid);
        if (now.isEmpty()) {
            return !Files.exists(Path.of("/proc/" + pid)); // not merely unreadable
        }
        return now.get().startTicks() != startTicks || !now.get().isAlive();
    }

    private static String tagOfThisSystem() {
        try {
            String boot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            String namespace =
                    Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            // The kernel shows the start of a process by the clock of the time namespace of whoever asks.
            Path time = Path.of("/proc/self/ns/time");
            String clock = Files.exists(time, LinkOption.NOFOLLOW_LINKS)
                    ? Files.readSymbolicLink(time).toString()
                    : "";
            long hash = 1125899906842597L;
            for (char c : (boot + " " + namespace + " " + clock).toCharArray()) {
                hash = 31 * hash + c;
            }
            return Long.toString(Math.floorMod(hash, 1L << 40), Character.MAX_RADIX);
        } catch (IOException | RuntimeException e) { // not Linux, or not shown to this process
            return UNKNOWN;
        }
    }

    @Override
    public String toString() {
        return pid + "-" + Long.toString(startTicks + 1, Character.MAX_RADIX) + "-" + tag;
    }
}
