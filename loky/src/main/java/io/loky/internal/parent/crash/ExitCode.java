/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a process's exit code says. A process that a signal ended is reported by Java on Linux and macOS as 128 plus the
 * signal's number; one that called {@code exit} with such a number looks the same. The numbers are those that Linux gives
 * on x86 and Arm (signal(7)).
 */
public final class ExitCode {
    private static final int SIGNALLED = 128;
    private static final int SIGABRT = 6;
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;

    /** What native code gets from the kernel for what it did itself. A JVM writes a log on these, unless even that fails. */
    private static final Set<String> CRASHES =
            Set.of("SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGSYS", "SIGTRAP", "SIGABRT");

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(1, "SIGHUP"),
            Map.entry(2, "SIGINT"),
            Map.entry(3, "SIGQUIT"),
            Map.entry(4, "SIGILL"),
            Map.entry(5, "SIGTRAP"),
            Map.entry(SIGABRT, "SIGABRT"),
            Map.entry(7, "SIGBUS"),
            Map.entry(8, "SIGFPE"),
            Map.entry(SIGKILL, "SIGKILL"),
            Map.entry(11, "SIGSEGV"),
            Map.entry(13, "SIGPIPE"),
            Map.entry(14, "SIGALRM"),
            Map.entry(SIGTERM, "SIGTERM"),
            Map.entry(24, "SIGXCPU"),
            Map.entry(25, "SIGXFSZ"),
            Map.entry(31, "SIGSYS"));

    private ExitCode() {}

    /** The name of the signal behind this code, such as {@code SIGKILL}. */
    static Optional<String> signal(int code) {
        return Optional.ofNullable(NAMES.get(code - SIGNALLED));
    }

    /** Whether this is the code of a process that crashed. */
    static boolean isCrash(int code) {
        return signal(code).filter(CRASHES::contains).isPresent();
    }

    /** Whether this is the code of a process that was told to end, as people and commands do: by SIGKILL or SIGTERM. */
    static boolean isEndedByCommand(int code) {
        return code == SIGNALLED + SIGKILL || code == SIGNALLED + SIGTERM;
    }

    /** Whether this is the code of a process that nobody but another process can have ended, or the kernel. */
    public static boolean isKill(int code) {
        return code == SIGNALLED + SIGKILL;
    }
}
