/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One process as {@code /proc/<pid>/stat} shows it; see proc(5).
 *
 * @param session the session that it belongs to: the pid of the process that opened it
 * @param startTicks when it was started, in clock ticks after the system was: with the pid, who it is. The JDK's start time
 *     is rounded and moves with the clock, so that two JVMs may see different ones for the same process
 */
public record ProcessStat(long pid, char state, long session, long startTicks) {
    private static final int STATE = 0;
    private static final int SESSION = 3;
    private static final int START = 19;

    /** What is known about it; empty where there is no such process, or no {@code /proc}. */
    public static Optional<ProcessStat> of(long pid) {
        try {
            return Optional.of(parse(pid, Files.readString(Path.of("/proc/" + pid + "/stat"), ISO_8859_1)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The name, in parentheses before the fields that matter here, may hold anything: blanks, parentheses, line ends. */
    static ProcessStat parse(long pid, String line) throws IOException {
        String[] fields = line.substring(line.lastIndexOf(')') + 1).strip().split(" ", -1);
        if (fields.length <= START) {
            throw new IOException("not a line of /proc/" + pid + "/stat: '" + line + "'");
        }
        return new ProcessStat(
                pid, fields[STATE].charAt(0), Long.parseLong(fields[SESSION]), Long.parseLong(fields[START]));
    }

    /** Whether it runs, or may again: not one that has ended and that its parent has not asked for yet. */
    public boolean isAlive() {
        return state != 'Z' && state != 'X';
    }
}
