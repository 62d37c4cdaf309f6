/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import io.loky.OutOfMemoryKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What matters of a HotSpot error log: why and where it crashed, and on the way from which Java code. The parts are found by the
 * headings that the logs of Java 17 and 25 have in common.
 *
 * @param file where it is
 * @param error why, in a line: the signal and the address, or the JVM's own words
 * @param signal its name, where it was one
 * @param sender the process that has sent it; empty if the kernel did, for what the process itself has done
 * @param pid the process that crashed, as it knows itself
 * @param outOfMemory which memory was short, where it ended for that
 * @param thread the name of the thread that crashed
 * @param nativeFrame the line after "Problematic frame:"
 * @param javaFrames "Java frames:", innermost first, without those of this library below the task
 */
public record CrashLog(
        Path file,
        Optional<String> error,
        Optional<String> signal,
        OptionalLong sender,
        OptionalLong pid,
        Optional<OutOfMemoryKind> outOfMemory,
        Optional<String> thread,
        Optional<String> nativeFrame,
        List<String> javaFrames) {
    /** With which a JVM ends that has crashed and leaves no core. */
    static final int EXIT_CODE = 1;

    private static final String PREFIX = "hs_err_";

    /** Of a stack that is deeper than both the innermost and the outermost ones are shown. */
    private static final int MAX_JAVA_FRAMES = 40;

    /** All that is looked for stands before; behind it comes the memory of the process. */
    private static final int MOST_CHARACTERS = 1 << 20;

    private static final String TITLE = "# A fatal error has been detected by the Java Runtime Environment";
    private static final String SAVED_AS = "saved as:";
    private static final String LIBRARY = " io.loky.internal.";

    private static final Pattern SIGNAL = Pattern.compile("#\\s+(SIG[A-Z]+) (\\(0x[0-9a-f]+\\) at pc=0x[0-9a-f]+).*");
    private static final Pattern INTERNAL =
            Pattern.compile("#\\s+(?:fatal error|assert\\(|guarantee\\(|Error|Internal Error|Out of Memory Error).*");
    private static final Pattern HEAP = Pattern.compile("OutOfMemory encountered: (.*)");
    private static final Pattern PID = Pattern.compile("#.*\\bpid=(\\d{1,18}), tid=.*");
    private static final Pattern NATIVE_MEMORY = Pattern.compile("#\\s+(Native memory allocation .*)");
    private static final Pattern THREAD = Pattern.compile("Current thread \\(0x[0-9a-f]+\\):\\s+\\w+ \"(.*)\" .*");
    /** Such as {@code j  } and {@code J 12 }; on Java 25 the locks of the thread come right behind the frames. */
    private static final Pattern FRAME = Pattern.compile("[A-Za-z] ");

    private static final Pattern ADDRESS = Pattern.compile(
            "siginfo: .*si_code: -?\\d+ \\((\\w+)\\)(?:, si_addr: (0x[0-9a-f]+))?(?:.*si_pid: (\\d{1,18}))?.*");

    /** The value of {@code -XX:ErrorFile} that makes a JVM write its log into this directory. */
    public static String file(Path directory) {
        return directory.resolve(PREFIX + "%p.log").toString();
    }

    /** Whether a JVM has at least begun to write its log there. */
    public static boolean isIn(Path directory) {
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory, PREFIX + "*")) {
            return logs.iterator().hasNext();
        } catch (IOException e) {
            return false; // there is no such directory any more, or not yet
        }
    }

    /**
     * Reads the log in this directory, or the one that the JVM says to have written elsewhere: because the user told it to, or because
     * it crashed before there was the directory.
     *
     * @param output what it printed last. A JVM that a task has started may have printed there, too, and crashed itself
     * @param pid the process, as it knows itself; 0 if nobody knows, since it has not run any task
     * @return null if there is none, as after any other end than a native crash
     */
    public static @Nullable CrashLog find(Path directory, List<String> output, long pid) throws IOException {
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory, PREFIX + "*")) {
                for (Path log : logs) {
                    return read(log);
                }
            }
        }
        for (int i = 0; i + 1 < output.size(); i++) {
            if (output.get(i).startsWith("#") && output.get(i).endsWith(SAVED_AS)) {
                Path elsewhere = Path.of(withoutHash(output.get(i + 1)));
                CrashLog log = Files.isRegularFile(elsewhere) ? read(elsewhere) : null;
                if (log != null
                        && log.error().isPresent()
                        && (pid == 0 || log.pid().equals(OptionalLong.of(pid)))) {
                    return log;
                }
            }
        }
        return null;
    }

    private static CrashLog read(Path log) throws IOException {
        try (var in = Files.newInputStream(log)) {
            String text = new String(in.readNBytes(MOST_CHARACTERS), StandardCharsets.ISO_8859_1);
            return parse(log, text.lines().toList());
        }
    }

    static CrashLog parse(Path file, List<String> lines) {
        Draft draft = new Draft();
        for (int i = 0; i < lines.size(); i++) {
            draft.read(lines.get(i), lines.subList(i + 1, lines.size()));
        }
        return new CrashLog(
                file,
                draft.error,
                draft.signal,
                draft.sender,
                draft.pid,
                draft.outOfMemory,
                draft.thread,
                draft.nativeFrame,
                draft.javaFrames);
    }

    /** Whether another process has sent the signal, so that no code in this one is to blame. */
    boolean isOfASignalFromOutside() {
        return sender.isPresent() && !sender.equals(pid);
    }

    /** What was found up to a line. */
    private static final class Draft {
        private Optional<String> error = Optional.empty();
        private Optional<String> signal = Optional.empty();
        private OptionalLong sender = OptionalLong.empty();
        private OptionalLong pid = OptionalLong.empty();
        private Optional<OutOfMemoryKind> outOfMemory = Optional.empty();
        private Optional<String> thread = Optional.empty();
        private Optional<String> nativeFrame = Optional.empty();
        private List<String> javaFrames = List.of();

        void read(String line, List<String> rest) {
            if (line.startsWith("# Problematic frame:") && !rest.isEmpty()) {
                nativeFrame = Optional.of(withoutHash(rest.get(0)));
            } else if (line.startsWith("Java frames:")) {
                javaFrames = frames(rest);
            } else if (line.startsWith("#")) {
                readTitle(line);
            } else {
                readState(line);
            }
        }

        private void readTitle(String line) {
            Matcher signalled = SIGNAL.matcher(line);
            Matcher memory = NATIVE_MEMORY.matcher(line);
            Matcher process = PID.matcher(line);
            if (pid.isEmpty() && process.matches()) {
                pid = OptionalLong.of(Long.parseLong(process.group(1)));
            }
            if (signalled.matches() && signal.isEmpty()) {
                signal = Optional.of(signalled.group(1));
                error = Optional.of(signalled.group(1) + " " + signalled.group(2));
            } else if (memory.matches()) {
                error = Optional.of(memory.group(1));
                outOfMemory = Optional.of(OutOfMemoryKind.NATIVE_MEMORY);
            } else if (INTERNAL.matcher(line).matches() && signal.isEmpty() && outOfMemory.isEmpty()) {
                readInternal(line);
            }
        }

        /** Of several lines the last one says most: what was wrong, and not only where. */
        private void readInternal(String line) {
            Matcher heap = HEAP.matcher(line);
            if (heap.find()) {
                outOfMemory = Optional.of(OutOfMemoryKind.ofMessage(heap.group(1)));
                error = Optional.of("java.lang.OutOfMemoryError: " + heap.group(1));
            } else {
                error = Optional.of(withoutHash(line).replaceFirst(", pid=.*", ""));
            }
        }

        private void readState(String line) {
            Matcher current = THREAD.matcher(line);
            if (current.matches()) {
                thread = Optional.of(current.group(1));
            }
            Matcher siginfo = ADDRESS.matcher(line);
            if (signal.isPresent() && siginfo.matches()) {
                error = error.map(words -> words + ", " + address(siginfo));
                if (siginfo.group(3) != null) {
                    sender = OptionalLong.of(Long.parseLong(siginfo.group(3)));
                }
            }
        }
    }

    private static String address(Matcher siginfo) {
        if (siginfo.group(3) != null) {
            return "sent by process " + siginfo.group(3) + " (" + siginfo.group(1) + ")";
        }
        return siginfo.group(1) + (siginfo.group(2) == null ? "" : " at address " + siginfo.group(2));
    }

    private static List<String> frames(List<String> lines) {
        List<String> frames = new ArrayList<>();
        for (int i = 0; i < lines.size() && FRAME.matcher(lines.get(i)).lookingAt(); i++) {
            frames.add(lines.get(i).strip());
        }
        // Below the task there is nothing but this library, and how the JVM calls it.
        int end = frames.size();
        while (end > 0
                && (frames.get(end - 1).contains(LIBRARY) || frames.get(end - 1).startsWith("v "))) {
            end--;
        }
        List<String> kept = end == 0 ? frames : frames.subList(0, end);
        if (kept.size() <= MAX_JAVA_FRAMES) {
            return List.copyOf(kept);
        }
        List<String> shown = new ArrayList<>(kept.subList(0, MAX_JAVA_FRAMES / 2));
        shown.add("... " + (kept.size() - MAX_JAVA_FRAMES) + " more ...");
        shown.addAll(kept.subList(kept.size() - MAX_JAVA_FRAMES / 2, kept.size()));
        return List.copyOf(shown);
    }

    private static String withoutHash(String line) {
        return line.replaceFirst("^#", "").strip();
    }

    /** Whether this process has printed that it crashes, where it could write no log. */
    static boolean isTold(List<String> output, long pid) {
        return output.stream().anyMatch(line -> line.startsWith(TITLE))
                && output.stream()
                        .map(PID::matcher)
                        .anyMatch(line -> line.matches() && line.group(1).equals(Long.toString(pid)));
    }

    /** What it printed before it printed what the log says better. */
    static List<String> withoutBanner(List<String> output) {
        for (int i = 1; i < output.size(); i++) {
            if (output.get(i).startsWith(TITLE) && output.get(i - 1).equals("#")) {
                int end = i;
                while (end < output.size() && isBanner(output.get(end))) {
                    end++;
                }
                List<String> rest = new ArrayList<>(output.subList(0, i - 1));
                rest.addAll(output.subList(end, output.size()));
                return rest;
            }
        }
        return output;
    }

    private static boolean isBanner(String line) {
        return line.isEmpty() || line.startsWith("#") || line.startsWith("[");
    }
}
