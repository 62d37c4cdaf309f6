/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import java.util.Map;
import java.util.Optional;

/**
 * What a process's exit code says. A process that a signal ended is reported by Java on Linux and macOS as 128 plus the
 * signal's number; one that called {@code exit} with such a number looks the same. The numbers are those that Linux gives
 * on x86 and Arm (signal(7)).
 */
final class ExitCode {
    private static final int SIGNALLED = 128;
    private static final int SIGABRT = 6;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(1, "SIGHUP"),
            Map.entry(2, "SIGINT"),
            Map.entry(3, "SIGQUIT"),
            Map.entry(4, "SIGILL"),
            Map.entry(5, "SIGTRAP"),
            Map.entry(SIGABRT, "SIGABRT"),
            Map.entry(7, "SIGBUS"),
            Map.entry(8, "SIGFPE"),
            Map.entry(9, "SIGKILL"),
            Map.entry(11, "SIGSEGV"),
            Map.entry(13, "SIGPIPE"),
            Map.entry(14, "SIGALRM"),
            Map.entry(15, "SIGTERM"),
            Map.entry(24, "SIGXCPU"),
            Map.entry(25, "SIGXFSZ"),
            Map.entry(31, "SIGSYS"));

    private ExitCode() {}

    /** The name of the signal behind this code, such as {@code SIGKILL}. */
    static Optional<String> signal(int code) {
        return Optional.ofNullable(NAMES.get(code - SIGNALLED));
    }

    /** Whether the JVM ended itself as it does after a fatal error. */
    static boolean isAbort(int code) {
        return code == SIGNALLED + SIGABRT;
    }
}
