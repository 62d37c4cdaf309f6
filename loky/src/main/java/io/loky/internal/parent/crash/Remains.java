/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import io.loky.CrashReport.KernelKills;
import io.loky.internal.wire.ExitNote;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a dead worker, and the kernel, have left that says why it is dead.
 *
 * @param crashLog what its JVM wrote about a native crash, or null
 * @param exitNote who made its JVM exit, or null
 * @param histogram what filled its heap, one class each line; empty unless it could not go on for that
 * @param kernelKills what the kernel counts, where a SIGKILL ended it that was not the pool's
 * @param byKernel whether that says that the kernel killed it
 * @param kept files that were kept for the user
 */
public record Remains(
        @Nullable CrashLog crashLog,
        @Nullable ExitNote exitNote,
        List<String> histogram,
        Optional<KernelKills> kernelKills,
        boolean byKernel,
        List<Path> kept) {
    /** Nothing is left. */
    public static final Remains NONE = new Remains(null, null, List.of(), Optional.empty(), false, List.of());

    /** The same, with what the kernel counts. */
    public Remains with(Optional<KernelKills> kills, boolean by) {
        return new Remains(crashLog, exitNote, histogram, kills, by, kept);
    }

    /** The same, with files that were kept. */
    public Remains keeping(List<Path> files) {
        return new Remains(crashLog, exitNote, histogram, kernelKills, byKernel, files);
    }
}
