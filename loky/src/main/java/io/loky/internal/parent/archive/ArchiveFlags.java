/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which flags of a worker JVM an archive has to be made with. A JVM of Java 25 that was given an archive which was made with other
 * modules or another form of objects uses none at all, not even the JDK's own, and starts later than without. So an archive is for
 * one set of those flags; and where there is one whose meaning nobody knows here, among them agents, files of flags, and archives of
 * the user's own, there is none.
 */
public final class ArchiveFlags {
    /** What an archive is made with. */
    private static final Pattern MATTER = Pattern.compile("--add-(opens|exports|reads|modules)=.*"
            + "|--enable-native-access=.*|--illegal-native-access=.*|--sun-misc-unsafe-memory-access=.*|--enable-preview"
            + "|-(ea|da|esa|dsa|enableassertions|disableassertions|enablesystemassertions|disablesystemassertions)(:.*)?"
            + "|-XX:\\+Use(Z|Shenandoah|Epsilon)GC|-XX:[+-]ZGenerational"
            + "|-XX:[+-]UseCompressed(Oops|ClassPointers)|-XX:[+-]UseCompactObjectHeaders|-XX:ObjectAlignmentInBytes=\\d+"
            + "|-XX:[+-]Unlock(Diagnostic|Experimental)VMOptions");

    /** What an archive that was made without serves as well. The collectors of these names share one. */
    private static final Pattern DO_NOT_MATTER = Pattern.compile("-X(ms|mx|mn|ss).*|-Xlog.*|-Xint|-Xcomp|-Xrs|-server"
            + "|-D(?!java\\.system\\.class\\.loader|java\\.security\\.|java\\.class\\.path|java\\.home|jdk\\.|sun\\.).*"
            + "|-XX:[+-]Use(Serial|Parallel|G1)GC|-XX:-Use(Z|Shenandoah|Epsilon)GC"
            + "|-XX:(ActiveProcessorCount|ParallelGCThreads|ConcGCThreads|CICompilerCount|TieredStopAtLevel)=.*"
            + "|-XX:(Max|Min|Initial)(RAM(Percentage|Fraction)|HeapSize|HeapFreeRatio)=.*"
            + "|-XX:(Max)?(NewSize|MetaspaceSize|DirectMemorySize|NewRatio|SurvivorRatio|ThreadStackSize)=.*"
            + "|-XX:(CompressedClassSpaceSize|ReservedCodeCacheSize|SoftRefLRUPolicyMSPerMB|MaxGCPauseMillis)=.*"
            + "|-XX:(ErrorFile|HeapDumpPath|NativeMemoryTracking|OnOutOfMemoryError|OnError|MaxJavaStackTraceDepth)=.*"
            + "|-XX:[+-](HeapDump|Exit|Crash)OnOutOfMemoryError|-XX:[+-]CreateCoredumpOnCrash|-XX:[+-]UsePerfData"
            + "|-XX:[+-](UseStringDeduplication|AlwaysPreTouch|UseNUMA|OmitStackTraceInFastThrow|DisableExplicitGC)"
            + "|-XX:[+-](TieredCompilation|ShrinkHeapInSteps|UseContainerSupport|ShowCodeDetailsInExceptionMessages)");

    private static final Pattern COLLECTOR = Pattern.compile("-XX:[+-]Use\\w+GC");

    private ArchiveFlags() {}

    /** Whether this has the JVM use a collector, or not use it. */
    public static boolean isOfCollector(String flag) {
        return COLLECTOR.matcher(flag).matches();
    }

    /** Those that matter, in their order; empty if there is one that nobody knows here. */
    public static Optional<List<String>> thatMatter(List<String> flags) {
        List<String> found = new ArrayList<>();
        for (String flag : flags) {
            if (flag.isBlank() || DO_NOT_MATTER.matcher(flag).matches()) {
                continue;
            }
            if (!MATTER.matcher(flag).matches()) {
                return Optional.empty();
            }
            found.add(flag);
        }
        return Optional.of(found);
    }
}
