/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

import io.loky.OutOfMemoryKind;
import io.loky.internal.codec.SafeText;
import io.loky.internal.codec.jdk.JdkInternals;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What is in the Java heap, by class, right after that was found to be full. When an {@link OutOfMemoryError} reaches the
 * library, the task's frames are gone, and what they held is garbage. So garbage is counted as well, which is also the quick
 * way: the JVM walks over the heap once and collects nothing.
 *
 * <p>That works only as long as nobody has collected it meanwhile, and on a full heap each allocation may, such as that of a class that
 * is loaded. So the JVM is asked past the management interface, which would load hundreds of classes, and what is needed for
 * that is prepared soon after the start, beside the tasks: when a task fails nothing is allocated before the JVM has counted.
 */
public final class HeapHistogram {
    private static final String COMMAND = "GC.class_histogram -all";
    private static final String SMALL_COMMAND = "VM.version";
    private static final int MOST_LINES = 20;

    /** It takes some 50 ms of one CPU, as measured: workers that live for a moment do without, and so do first tasks. */
    private static final long PAUSE_MILLIS = 500;

    /** To walk over a larger one takes seconds, for which the future of the task would wait. */
    private static final long LARGEST_HEAP = 1L << 30;

    /** Takes a command and returns its output; null until this JVM is prepared. */
    private static volatile @Nullable MethodHandle prepared;

    private HeapHistogram() {}

    /** Begins to prepare this JVM, on a thread that ends soon. */
    public static void prepare(String threadName) {
        Thread thread = new Thread(null, HeapHistogram::prepareAfterAPause, threadName, 0, false);
        thread.setDaemon(true);
        thread.start();
    }

    private static void prepareAfterAPause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
        try {
            MethodHandle found = find();
            String unused = run(found, SMALL_COMMAND); // links what a call needs
            OutOfMemoryError error = new OutOfMemoryError(); // loads what is between a task and this
            boolean unusedToo = MemoryShortage.in(error) == null || explains(OutOfMemoryKind.of(error));
            String unusedWords = SafeText.of(error); // for a worker that says why it cannot go on
            prepared = found;
        } catch (Throwable e) {
            tell(e);
        }
    }

    /** Whether it says anything about this error. */
    static boolean explains(OutOfMemoryKind kind) {
        return kind == OutOfMemoryKind.HEAP || kind == OutOfMemoryKind.GC_OVERHEAD;
    }

    /**
     * What was found.
     *
     * @param lines the classes that take most of the heap, the largest first; may be empty
     * @param whyNone why that is so; empty where it is not, or nobody knows
     */
    record Taken(List<String> lines, String whyNone) {}

    /** The classes that take most of the heap; none where this JVM does not tell, or not the truth, or it would take long. */
    static Taken take() {
        Runtime runtime = Runtime.getRuntime();
        long used = runtime.totalMemory() - runtime.freeMemory();
        if (used > LARGEST_HEAP) {
            return new Taken(List.of(), "more than 1 GiB is in use");
        }
        try {
            MethodHandle commands = prepared;
            return judged(run(commands == null ? find() : commands, COMMAND), used);
        } catch (Throwable e) { // no such method in this JVM, no way in, no memory
            tell(e);
            return new Taken(List.of(), "");
        }
    }

    /** Some collectors count only what is still needed (ZGC): next to nothing, where a task has let go of what filled the heap. */
    static Taken judged(String answer, long used) {
        long listed = totalBytes(answer);
        return listed < used / 2
                ? new Taken(List.of(), "the garbage was collected before it could be counted")
                : new Taken(parse(answer), "");
    }

    /** From {@code Total  2000  52428800}. Where there is no such line nobody can judge. */
    private static long totalBytes(String answer) {
        String[] words = answer.substring(Math.max(0, answer.lastIndexOf("Total")))
                .strip()
                .split("\\s+", 4);
        return words.length == 3 && words[0].equals("Total") && words[2].matches("\\d{1,18}")
                ? Long.parseLong(words[2])
                : Long.MAX_VALUE;
    }

    /** A worker that cannot go on for lack of heap: leaves the histogram for the report of its end. */
    public static void leave(OutOfMemoryError error, Path file) {
        if (explains(OutOfMemoryKind.of(error))) {
            try {
                Files.write(file, take().lines());
            } catch (Throwable e) { // it is about to say what is more important
                tell(e);
            }
        }
    }

    private static MethodHandle find() throws Throwable {
        Class.forName(
                "com.sun.management.internal.PlatformMBeanProviderImpl"); // loads the library with the native method
        Class<?> type = Class.forName("com.sun.management.internal.DiagnosticCommandImpl");
        Lookup lookup = JdkInternals.get().in(type);
        MethodType getter = MethodType.methodType(Class.forName("com.sun.management.DiagnosticCommandMBean"));
        Object commands = (Object)
                lookup.findStatic(type, "getDiagnosticCommandMBean", getter).invoke();
        return lookup.findVirtual(type, "executeDiagnosticCommand", MethodType.methodType(String.class, String.class))
                .bindTo(commands);
    }

    private static String run(MethodHandle commands, String command) throws Throwable {
        return (String) commands.invokeExact(command);
    }

    /** A report without it is one, too. */
    private static void tell(Throwable reason) {
        try {
            System.getLogger("io.loky.worker").log(Level.DEBUG, "no histogram of the heap can be taken", reason);
        } catch (Throwable e) {
            // No memory for that either. Who has asked for a histogram has more important things to say.
        }
    }

    /** From {@code 1:  2000  52428800  [B (java.base@17.0.15)} to {@code 52428800 bytes in 2000 objects of byte[]}. */
    static List<String> parse(String answer) {
        List<String> lines = new ArrayList<>();
        int from = 0;
        while (from < answer.length() && lines.size() < MOST_LINES) {
            int end = answer.indexOf('\n', from);
            end = end < 0 ? answer.length() : end;
            String[] words = answer.substring(from, end).strip().split("\\s+", 5);
            if (words.length >= 4 && words[0].endsWith(":")) {
                lines.add(words[2] + " bytes in " + words[1] + " objects of " + readable(words[3]));
            }
            from = end + 1;
        }
        return lines;
    }

    /** As one writes it in Java. */
    private static String readable(String name) {
        int dimensions = 0;
        while (dimensions < name.length() && name.charAt(dimensions) == '[') {
            dimensions++;
        }
        if (dimensions == 0) {
            return name;
        }
        String element = name.substring(dimensions);
        String readable = switch (element) {
            case "B" -> "byte";
            case "C" -> "char";
            case "D" -> "double";
            case "F" -> "float";
            case "I" -> "int";
            case "J" -> "long";
            case "S" -> "short";
            case "Z" -> "boolean";
            default ->
                element.startsWith("L") && element.endsWith(";") ? element.substring(1, element.length() - 1) : element;
        };
        return readable + "[]".repeat(dimensions);
    }
}
