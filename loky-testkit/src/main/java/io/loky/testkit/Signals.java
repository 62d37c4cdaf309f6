/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** Signals by their names, sent by the {@code kill} that every POSIX shell has built in. */
final class Signals {
    private static final File SHELL = new File("/bin/sh");
    private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9+-]{1,15}");

    /** What ends a JVM by the kernel's or by the JVM's own doing; all others are ignored, or stop or continue it. */
    private static final Set<String> DEADLY = Set.of(
            "HUP", "INT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "ALRM", "TERM", "STKFLT", "XCPU",
            "VTALRM", "PROF", "IO", "PWR", "SYS");

    private Signals() {}

    /**
     * The name without "SIG", as the shell wants it.
     *
     * @throws IllegalArgumentException if it cannot be a name
     */
    static String checkedName(String name) {
        Objects.requireNonNull(name, "name");
        String upper = name.toUpperCase(Locale.ROOT);
        String bare = upper.startsWith("SIG") ? upper.substring(3) : upper;
        if (!NAME.matcher(bare).matches()) {
            throw new IllegalArgumentException(
                    "name must be that of a signal, such as TERM or SIGTERM, got \"" + name + "\"");
        }
        return bare;
    }

    /**
     * @throws UnsupportedOperationException where there is no POSIX shell
     */
    static void requireShell(String what) {
        if (!SHELL.canExecute()) {
            throw new UnsupportedOperationException(
                    what + " needs a POSIX system: " + SHELL + " is not there; leave it out on this system");
        }
    }

    static boolean isDeadly(String bareName) {
        return DEADLY.contains(bareName);
    }

    /**
     * Returns when the signal was sent, which may be before it takes effect.
     *
     * @throws IOException if it could not be sent: no such process, no such signal, not allowed
     */
    static void send(String bareName, long pid) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder(SHELL.getPath(), "-c", "kill -s \"$0\" \"$1\"", bareName, Long.toString(pid))
                .redirectErrorStream(true)
                .start();
        String output = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int code = kill.waitFor();
        if (code != 0) {
            throw new IOException("signal " + bareName + " could not be sent to process " + pid + ": kill exited with "
                    + code + (output.isEmpty() ? "" : ": " + output));
        }
    }
}
