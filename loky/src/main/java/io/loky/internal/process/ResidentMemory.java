/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.FileInputStream;
import java.io.IOException;

/** What a process takes of the machine's memory. Linux only. */
public final class ResidentMemory {
    private static final String FIELD = "VmRSS:";
    private static final String UNIT = "kB";

    private ResidentMemory() {}

    /** Of this process, in bytes; 0 where the system does not tell. */
    public static long ofThis() {
        return in("/proc/self/status"); // a constant: to join texts for the first time costs a new JVM milliseconds
    }

    /** Of the process with this pid, in bytes; 0 where there is none, or the system does not tell. */
    public static long of(long pid) {
        return in("/proc/" + pid + "/status");
    }

    /** In kilobytes, unlike {@code statm}, which counts in pages of a size that a JVM does not tell. */
    private static long in(String file) {
        try (FileInputStream in = new FileInputStream(file)) {
            return parse(new String(in.readNBytes(8192), ISO_8859_1));
        } catch (IOException e) {
            return 0;
        }
    }

    static long parse(String status) {
        int at = status.indexOf(FIELD);
        int end = at < 0 ? -1 : status.indexOf(UNIT, at);
        return end < 0
                ? 0
                : Long.parseLong(status.substring(at + FIELD.length(), end).strip()) << 10;
    }
}
