/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;

/** What a process takes of the machine's memory. Linux only. */
public final class ResidentMemory {
    private static final String OF_THIS =
            "/proc/self/status"; // a constant: to join texts for the first time costs a new JVM milliseconds
    private static final String NOW = "VmRSS:";
    private static final String PEAK = "VmHWM:";
    private static final String UNIT = "kB";

    /** To the kernel: the most that this process took is what it takes now. */
    private static final byte[] FORGET_PEAK = {'5'};

    private ResidentMemory() {}

    /** Of this process, in bytes; 0 where the system does not tell. */
    public static long ofThis() {
        return in(OF_THIS, NOW);
    }

    /** Of the process with this pid, in bytes; 0 where there is none, or the system does not tell. */
    public static long of(long pid) {
        return in("/proc/" + pid + "/status", NOW);
    }

    /** The most that this process took since the last {@link #forgetPeakOfThis}, or ever; 0 where the system does not tell. */
    public static long peakOfThis() {
        return in(OF_THIS, PEAK);
    }

    /** From now on the peak is that of what follows. False where the system cannot do it, or does not let this process. */
    public static boolean forgetPeakOfThis() {
        try (FileOutputStream out = new FileOutputStream("/proc/self/clear_refs")) {
            out.write(FORGET_PEAK);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** In kilobytes, unlike {@code statm}, which counts in pages of a size that a JVM does not tell. */
    private static long in(String file, String field) {
        try (FileInputStream in = new FileInputStream(file)) {
            return parse(new String(in.readNBytes(8192), ISO_8859_1), field);
        } catch (IOException e) {
            return 0;
        }
    }

    static long parse(String status, String field) {
        int at = status.indexOf(field);
        int end = at < 0 ? -1 : status.indexOf(UNIT, at);
        return end < 0
                ? 0
                : Long.parseLong(status.substring(at + field.length(), end).strip()) << 10;
    }
}
