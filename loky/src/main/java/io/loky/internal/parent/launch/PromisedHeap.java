/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.ProcessPoolOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The heap that the user's options and variables let each worker of a pool have.
 *
 * @param flag as it was said; empty if nothing was
 * @param bytes 0 if nothing was said
 */
record PromisedHeap(String flag, double bytes) {
    private static final String SIZE = "(\\d{1,15})([kKmMgGtT]?)";
    private static final Pattern MOST = Pattern.compile("(?:-Xmx|-XX:MaxHeapSize=)" + SIZE);
    private static final Pattern FIRST = Pattern.compile("(?:-Xms|-XX:InitialHeapSize=)" + SIZE);
    private static final Pattern PERCENT = Pattern.compile("-XX:MaxRAMPercentage=(\\d{1,3}(?:\\.\\d{1,9})?)");
    private static final PromisedHeap NONE = new PromisedHeap("", 0);

    /**
     * As the JVM decides: of sizes the last one counts; without any the part of the memory, of which the library's own comes
     * after some variables; and what a heap begins with it has in any case.
     */
    static PromisedHeap of(ProcessPoolOptions options, OptionalLong memory) {
        UserFlags flags = UserFlags.of(options);
        List<String> all = new ArrayList<>(flags.before());
        options.maxHeap().ifPresent(size -> all.add("-Xmx" + size));
        all.addAll(flags.after());
        PromisedHeap most = last(MOST, all, 0);
        if (most.isSaid()) {
            return most;
        }
        PromisedHeap part = last(PERCENT, flags.after(), memory.orElse(0));
        PromisedHeap first = last(FIRST, all, 0);
        return first.bytes > part.bytes ? first : part;
    }

    boolean isSaid() {
        return bytes > 0;
    }

    /** @param whole what a percentage is of */
    private static PromisedHeap last(Pattern pattern, List<String> flags, long whole) {
        PromisedHeap last = NONE;
        for (String flag : flags) {
            Matcher said = pattern.matcher(flag);
            if (said.matches()) {
                last = new PromisedHeap(
                        flag,
                        pattern == PERCENT
                                ? Double.parseDouble(said.group(1)) / 100 * whole
                                : bytes(said.group(1), said.group(2)));
            }
        }
        return last;
    }

    private static double bytes(String digits, String unit) {
        int power = unit.isEmpty() ? 0 : 1 + "kmgt".indexOf(unit.toLowerCase(Locale.ROOT));
        return Long.parseLong(digits) * Math.pow(1024, power);
    }
}
