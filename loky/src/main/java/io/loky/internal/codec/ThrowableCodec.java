/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.RemoteTaskException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Throwables to bytes and back, whatever they hold.
 *
 * <p>A throwable travels twice: as itself, and as a plain description. Normally the bytes of the first link hold the whole
 * chain of causes and suppressed throwables. Where these cannot be written, each link is written alone, and the reader
 * ties the links together again; a {@link RemoteTaskException} made from the description stands in for each link that
 * cannot be written, or cannot be rebuilt on the other side, and for that link only.
 */
public final class ThrowableCodec {
    /** A chain longer than this is cut: it is a cycle that pretends not to be one, or no human reads it. */
    private static final int MAX_DEPTH = 50;

    private static final Set<Class<?>> DESCRIPTION_TYPES = Set.of(
            Node.class, Node[].class, String.class, byte[].class, StackTraceElement.class, StackTraceElement[].class);

    /** For the descriptions, which are the library's own. */
    private static final ObjectCodec DESCRIPTIONS = new ObjectCodec(
            ClassNames.of(ThrowableCodec.class.getClassLoader()), Dialect.OWN, ThrowableCodec::checkDescription);

    /** Nothing but what descriptions consist of, whatever a worker that is not itself any more sends in their place. */
    private static ObjectInputFilter.Status checkDescription(ObjectInputFilter.FilterInfo info) {
        Class<?> type = info.serialClass();
        return type == null || DESCRIPTION_TYPES.contains(type)
                ? ObjectInputFilter.Status.ALLOWED
                : ObjectInputFilter.Status.REJECTED;
    }

    private final ObjectCodec codec;

    /**
     * @param codec of the originals
     */
    public ThrowableCodec(ObjectCodec codec) {
        this.codec = codec;
    }

    /**
     * Writes the throwable; user code in it that fails is answered with a description, never with an exception.
     *
     * @param runtime frames from the first one on whose class name starts with this are cut: they are the library's
     * @throws IOException if the bytes exceed a frame
     */
    public void write(Throwable thrown, String runtime, OutputStream out) throws IOException {
        byte[] whole = null;
        try {
            whole = DeepStack.attempt(() -> {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                codec.writeStream(bytes, thrown);
                return bytes.toByteArray();
            });
        } catch (Throwable e) {
            // NotSerializableException, or anything at all from a user's writeObject. Which link it is shows below.
        }
        Node node = describe(thrown, runtime, Collections.newSetFromMap(new IdentityHashMap<>()), whole == null, 0);
        if (whole != null) {
            node.original = whole;
        }
        DESCRIPTIONS.writeStream(out, node);
    }

    /**
     * Rebuilds a throwable.
     *
     * @throws ClassNotFoundException never for the throwable's own class; if this library's classes are not there
     * @throws IOException if the bytes are not a throwable's
     */
    public Throwable read(byte[] bytes) throws IOException, ClassNotFoundException {
        return rebuild(Objects.requireNonNull(DESCRIPTIONS.readStream(bytes, 0, in -> in.next(Node.class))));
    }

    /** One link: the description, and the original's bytes unless the first link has them or they could not be made. */
    private static final class Node implements Serializable {
        private static final long serialVersionUID = 1L;

        final String className;
        final @Nullable String message;
        final StackTraceElement[] frames;
        byte @Nullable [] original;

        /** The original's bytes are those of this link alone, with a {@link Link} wherever the next ones belong. */
        boolean alone;

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

    /** Stands for the cause (0) or a suppressed throwable (from 1 on) of a link that was written alone. */
    private record Link(int position) implements Serializable {
        /** For one that has no node: a link of a cycle, or beyond the depth. */
        static final Link NONE = new Link(-1);
    }

    private Node describe(Throwable thrown, String runtime, Set<Throwable> seen, boolean alone, int depth) {
        seen.add(thrown);
        StackTraceElement[] frames = cut(framesOf(thrown), runtime);
        Node node = new Node(thrown.getClass().getName(), messageOf(thrown), frames);
        IdentityHashMap<Throwable, Link> links = new IdentityHashMap<>();
        Throwable cause = causeOf(thrown);
        if (cause != null) {
            links.put(cause, Link.NONE);
            if (depth < MAX_DEPTH && !seen.contains(cause)) {
                links.put(cause, new Link(0));
                node.cause = describe(cause, runtime, seen, alone, depth + 1);
            }
        }
        List<Node> suppressed = new ArrayList<>();
        for (Throwable s : thrown.getSuppressed()) {
            links.putIfAbsent(s, Link.NONE);
            if (depth < MAX_DEPTH && !seen.contains(s)) {
                suppressed.add(describe(s, runtime, seen, alone, depth + 1));
                links.put(s, new Link(suppressed.size()));
            }
        }
        node.suppressed = suppressed.toArray(Node[]::new);
        if (alone) {
            writeAlone(thrown, links, node);
        }
        return node;
    }

    private void writeAlone(Throwable thrown, IdentityHashMap<Throwable, Link> links, Node node) {
        node.alone = true;
        try {
            node.original = DeepStack.attempt(() -> {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                try (ObjectOutputStream out = new AloneWriter(bytes, thrown, links)) {
                    out.writeObject(thrown);
                }
                return bytes.toByteArray();
            });
        } catch (Throwable e) {
            // NotSerializableException, or anything at all from the user's writeObject. Kept as the reason.
            node.obstacle = SafeText.of(e);
        }
    }

    private final class AloneWriter extends ObjectWriter {
        private final Throwable thrown;
        private final IdentityHashMap<Throwable, Link> links;

        AloneWriter(OutputStream out, Throwable thrown, IdentityHashMap<Throwable, Link> links) throws IOException {
            super(out, codec);
            this.thrown = thrown;
            this.links = links;
        }

        @Override
        protected Object replaceObject(Object object) throws IOException {
            Link link = object == thrown ? null : links.get(object);
            return link == null ? super.replaceObject(object) : link;
        }
    }

    private final class AloneReader extends ObjectReader {
        private final List<@Nullable Throwable> below;

        AloneReader(byte[] bytes, List<@Nullable Throwable> below) throws IOException {
            super(new ByteArrayInputStream(bytes), codec);
            this.below = below;
            enableResolveObject(true);
        }

        @Override
        @SuppressWarnings("NullAway") // null is what the link was tied to, as far as this side knows
        protected Object resolveObject(Object object) {
            if (object instanceof Link link) {
                return link.position() < 0 ? null : below.get(link.position());
            }
            return object;
        }
    }

    private Throwable rebuild(Node node) {
        String obstacle = node.obstacle;
        if (node.original != null && !node.alone) {
            try {
                Throwable original = checked(
                        Objects.requireNonNull(codec.readStream(node.original, 0, in -> in.next(Throwable.class))));
                restoreFrames(original, node, 0);
                return original;
            } catch (Throwable e) {
                // ClassNotFoundException, or anything at all from the user's readObject. Kept as the reason.
                obstacle = SafeText.of(e);
            }
        }
        Throwable cause = node.cause == null ? null : rebuild(node.cause);
        List<Throwable> suppressed = new ArrayList<>();
        for (Node s : node.suppressed) {
            suppressed.add(rebuild(s));
        }
        if (node.original != null && node.alone) {
            List<@Nullable Throwable> below = new ArrayList<>();
            below.add(cause);
            below.addAll(suppressed);
            byte[] alone = node.original;
            try {
                Throwable original = checked(DeepStack.attempt(() -> {
                    try (var in = new AloneReader(alone, below)) {
                        return in.next(Throwable.class);
                    }
                }));
                original.setStackTrace(node.frames);
                return original;
            } catch (Throwable e) {
                obstacle = SafeText.of(e);
            }
        }
        RemoteTaskException standIn = new RemoteTaskException(
                node.className,
                node.message,
                obstacle == null ? "what it belongs to could not be rebuilt" : obstacle,
                node.frames);
        if (cause != null) {
            standIn.initCause(cause);
        }
        suppressed.forEach(standIn::addSuppressed);
        return standIn;
    }

    /** One whose {@code toString} throws would do so later, in whatever wraps or prints it. */
    private static Throwable checked(@Nullable Throwable original) {
        Objects.requireNonNull(original, "no throwable in the bytes of one");
        String unused = original.toString();
        return original;
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
            StackTraceElement[] frames = thrown.getStackTrace();
            return Arrays.stream(frames).filter(Objects::nonNull).toArray(StackTraceElement[]::new);
        } catch (Throwable e) { // also that it gave null instead of frames
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
}
