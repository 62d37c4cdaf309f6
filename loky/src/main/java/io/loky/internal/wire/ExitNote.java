/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who made a worker's JVM exit: a note that it leaves behind on its way out, and that outlives it. Where there is none the JVM
 * was ended without its shutdown hooks.
 *
 * @param thread the name of the thread that began the exit; empty if that could not be found
 * @param frames its stack, innermost frame first
 */
public record ExitNote(String thread, List<StackTraceElement> frames) {
    /** Of a deeper stack the innermost ones count. */
    private static final int MOST_FRAMES = 100;

    /** The most that is read: who writes it runs the user's code. */
    private static final int MOST_BYTES = 1 << 20;

    /** The JDK's own handler of SIGTERM, SIGINT and SIGHUP. */
    private static final String ON_SIGNAL = "java.lang.Terminator";

    /** Whether a signal made it exit, and no code that runs in it. */
    public boolean isBySignal() {
        return frames.stream().anyMatch(frame -> frame.getClassName().startsWith(ON_SIGNAL));
    }

    /**
     * Worker: leaves the note.
     *
     * @throws IOException if it cannot be written; or there is one already
     */
    public void write(Path file) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        WireText.write(thread, out);
        List<StackTraceElement> kept = frames.subList(0, Math.min(frames.size(), MOST_FRAMES));
        out.writeInt(kept.size());
        for (StackTraceElement frame : kept) {
            // What a stack trace does not show either: the loaders that every JVM has, and the version of the JDK.
            WireText.write(isPlain(frame) ? null : frame.getClassLoaderName(), out);
            WireText.write(frame.getModuleName(), out);
            WireText.write(isPlain(frame) ? null : frame.getModuleVersion(), out);
            WireText.write(frame.getClassName(), out);
            WireText.write(frame.getMethodName(), out);
            WireText.write(frame.getFileName(), out);
            out.writeInt(frame.getLineNumber());
        }
        Files.write(file, bytes.toByteArray(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static boolean isPlain(StackTraceElement frame) {
        String loader = frame.getClassLoaderName();
        return loader == null || loader.equals("app") || loader.equals("platform");
    }

    /**
     * Parent, after the worker's death.
     *
     * @return null if it left none
     * @throws IOException if it cannot be read
     */
    public static @Nullable ExitNote read(Path file) throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES);
        } catch (NoSuchFileException e) {
            return null;
        }
        try {
            return parse(new DataInputStream(new ByteArrayInputStream(bytes)));
        } catch (IOException e) {
            return new ExitNote("", List.of()); // it was ended while it wrote: it was on its way out all the same
        }
    }

    private static ExitNote parse(DataInputStream in) throws IOException {
        String thread = orEmpty(WireText.read(in));
        int count = Math.min(in.readInt(), MOST_FRAMES);
        List<StackTraceElement> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            frames.add(new StackTraceElement(
                    WireText.read(in),
                    WireText.read(in),
                    WireText.read(in),
                    orEmpty(WireText.read(in)),
                    orEmpty(WireText.read(in)),
                    WireText.read(in),
                    in.readInt()));
        }
        return new ExitNote(thread, List.copyOf(frames));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
