/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.RemoteTaskException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Throwables to bytes and back, whatever they hold.
 *
 * <p>A throwable travels twice: as itself, and as a plain description. Where the original cannot be written, or cannot be
 * rebuilt on the other side, a {@link RemoteTaskException} made from the description stands in for that link of the
 * chain, and its causes and suppressed throwables are tried one by one in the same way.
 */
public final class ThrowableCodec {
    /** A chain longer than this is cut: it is a cycle that pretends not to be one, or no human reads it. */
    private static final int MAX_DEPTH = 50;

    private ThrowableCodec() {}

    /**
     * Writes the throwable; user code in it that fails is answered with a description, never with an exception.
     *
     * @param runtime frames from the first one on whose class name starts with this are cut: they are the library's
     * @throws IOException if the bytes exceed a frame
     */
    public static void write(Throwable thrown, String runtime, OutputStream out) throws IOException {
        Node node = describe(thrown, runtime, Collections.newSetFromMap(new IdentityHashMap<>()), true, 0);
        ObjectCodec.writeStream(out, node);
    }

    /**
     * Rebuilds a throwable.
     *
     * @throws ClassNotFoundException never for the throwable's own class; if this library's classes are not there
     * @throws IOException if the bytes are not a throwable's
     */
    public static Throwable read(byte[] bytes, @Nullable ClassLoader loader)
            throws IOException, ClassNotFoundException {
        try (var in = ObjectCodec.openStream(bytes, 0, ThrowableCodec.class.getClassLoader())) {
            return rebuild((Node) in.readObject(), loader);
        }
    }

    /** One link: the description, and the original's bytes unless a link above has them already or they could not be made. */
    private static final class Node implements Serializable {
        private static final long serialVersionUID = 1L;

        final String className;
        final @Nullable String message;
        final StackTraceElement[] frames;
        byte @Nullable [] original;

        @Nullable
        String obstacle;

        @Nullable
        Node cause;

        Node[] suppressed = {};

        Node(String className, @Nullable String message, StackTraceElement[] frames) {
            this.className = className;
            this.message = message;
            this.frames = frames;
        }
    }

    private static Node describe(
            Throwable thrown, String runtime, Set<Throwable> seen, boolean withOriginal, int depth) {
        seen.add(thrown);
        StackTraceElement[] frames = cut(framesOf(thrown), runtime);
        Node node = new Node(thrown.getClass().getName(), messageOf(thrown), frames);
        if (withOriginal) {
            try {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                ObjectCodec.writeStream(bytes, thrown);
                node.original = bytes.toByteArray();
            } catch (Throwable e) {
                // NotSerializableException, or anything at all from the user's writeObject. Kept as the reason.
                node.obstacle = textOf(e);
            }
        }
        // The original's bytes hold its whole chain: the links below need their own only where those are missing.
        boolean below = withOriginal && node.original == null;
        Throwable cause = causeOf(thrown);
        if (cause != null && depth < MAX_DEPTH && !seen.contains(cause)) {
            node.cause = describe(cause, runtime, seen, below, depth + 1);
        }
        List<Node> suppressed = new ArrayList<>();
        for (Throwable s : thrown.getSuppressed()) {
            if (depth < MAX_DEPTH && !seen.contains(s)) {
                suppressed.add(describe(s, runtime, seen, below, depth + 1));
            }
        }
        node.suppressed = suppressed.toArray(Node[]::new);
        return node;
    }

    private static Throwable rebuild(Node node, @Nullable ClassLoader loader) {
        String obstacle = node.obstacle;
        if (node.original != null) {
            try (var in = ObjectCodec.openStream(node.original, 0, loader)) {
                Throwable original = (Throwable) in.readObject();
                String unused =
                        original.toString(); // one that throws would do so later, in whatever wraps or prints it
                restoreFrames(original, node, 0);
                return original;
            } catch (Throwable e) {
                // ClassNotFoundException, or anything at all from the user's readObject. Kept as the reason.
                obstacle = textOf(e);
            }
        }
        RemoteTaskException standIn = new RemoteTaskException(
                node.className,
                node.message,
                obstacle == null ? "what it belongs to could not be rebuilt" : obstacle,
                node.frames);
        if (node.cause != null) {
            standIn.initCause(rebuild(node.cause, loader));
        }
        for (Node s : node.suppressed) {
            standIn.addSuppressed(rebuild(s, loader));
        }
        return standIn;
    }

    /** Cuts the library's frames from the originals of a chain, as the descriptions beside them already are. */
    private static void restoreFrames(Throwable original, Node node, int depth) {
        original.setStackTrace(node.frames);
        Throwable cause = causeOf(original);
        if (cause != null && node.cause != null && depth < MAX_DEPTH) {
            restoreFrames(cause, node.cause, depth + 1);
        }
        Throwable[] suppressed = original.getSuppressed();
        if (suppressed.length == node.suppressed.length) { // else a cycle was cut, and positions no longer match
            for (int i = 0; i < suppressed.length; i++) {
                restoreFrames(suppressed[i], node.suppressed[i], depth + 1);
            }
        }
    }

    private static StackTraceElement[] cut(StackTraceElement[] frames, String runtime) {
        for (int i = 0; i < frames.length; i++) {
            if (frames[i].getClassName().startsWith(runtime)) {
                return Arrays.copyOf(frames, i);
            }
        }
        return frames;
    }

    // The accessors below can be overridden by the user's class, and may throw; what they hide is then missing, not
    // fatal.

    private static StackTraceElement[] framesOf(Throwable thrown) {
        try {
            return thrown.getStackTrace();
        } catch (Throwable e) {
            return new StackTraceElement[0];
        }
    }

    private static @Nullable Throwable causeOf(Throwable thrown) {
        try {
            return thrown.getCause();
        } catch (Throwable e) {
            return null;
        }
    }

    private static @Nullable String messageOf(Throwable thrown) {
        try {
            return thrown.getMessage();
        } catch (Throwable e) {
            return "(getMessage() threw " + e.getClass().getName() + ")";
        }
    }

    private static String textOf(Throwable thrown) {
        try {
            return thrown.toString();
        } catch (Throwable e) {
            return thrown.getClass().getName() + " (toString() threw "
                    + e.getClass().getName() + ")";
        }
    }
}
