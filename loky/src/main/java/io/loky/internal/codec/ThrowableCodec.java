/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.OutOfMemoryDetails;
import io.loky.RemoteTaskException;
import io.loky.ResultSerializationException;
import io.loky.TaskSerializationException;
import io.loky.internal.codec.jdk.InternalsClosedException;
import io.loky.internal.codec.jdk.JdkInternals;
import io.loky.internal.wire.Sections;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputFilter;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.StreamCorruptedException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Throwables to bytes and back, whatever they hold.
 *
 * <p>A throwable travels with all that it refers to (causes, suppressed throwables, those in fields): the links. Normally
 * the bytes of the first one hold them all. Besides there is a plain description of each link, and, where there is more than
 * one, each link written alone, with numbers in place of the others. If the whole cannot be written, or cannot be rebuilt on
 * the other side, the reader ties the single ones together again; and a {@link RemoteTaskException} made from the
 * description stands in for each link that cannot be written or rebuilt, and for that link only.
 */
public final class ThrowableCodec {
    /** Links beyond are described, but not followed: it is a cycle that pretends not to be one, or no human reads it. */
    private static final int MOST_FOLLOWED = 200;

    private static final int NONE = -1;

    private static final String LIBRARY = "io.loky.internal.";

    private static final Set<Class<?>> DESCRIPTION_TYPES = Set.of(
            Chain.class,
            Node.class,
            Node[].class,
            String.class,
            byte[].class,
            int[].class,
            StackTraceElement.class,
            StackTraceElement[].class);

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
     * @param runtime the class in which tasks begin: from the frame of its that is the farthest down, and from those of the
     *     library on top of it, frames are cut
     * @throws IOException if the bytes exceed a frame
     */
    public void write(Throwable thrown, String runtime, OutputStream out) throws IOException {
        byte[] whole = null;
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            codec.writeStream(bytes, thrown);
            whole = bytes.toByteArray();
        } catch (Throwable e) {
            // NotSerializableException, or anything at all from a user's writeObject. Which link it is shows below.
        }
        DESCRIPTIONS.writeStream(out, new Links(thrown, runtime).describe(whole));
    }

    /**
     * Rebuilds a throwable.
     *
     * @throws ClassNotFoundException never for the throwable's own class; if this library's classes are not there
     * @throws IOException if the bytes are not a throwable's
     */
    public Throwable read(byte[] bytes) throws IOException, ClassNotFoundException {
        return read(bytes, Sections.NONE);
    }

    /**
     * The same of a message with large arrays.
     *
     * @throws ClassNotFoundException never for the throwable's own class; if this library's classes are not there
     * @throws IOException if the bytes are not a throwable's
     */
    public Throwable read(byte[] bytes, Sections sections) throws IOException, ClassNotFoundException {
        Chain chain = Objects.requireNonNull(DESCRIPTIONS.readStream(bytes, 0, sections, in -> in.next(Chain.class)));
        chain.check();
        String obstacle = "what it belongs to could not be rebuilt";
        if (chain.whole != null) {
            try {
                return whole(chain.whole, chain.nodes);
            } catch (Throwable e) {
                // ClassNotFoundException, or anything at all from the user's readObject. Kept as the reason.
                obstacle = SafeText.of(e);
            }
        }
        return new Rebuilding(chain.nodes, obstacle).first();
    }

    private static final class Chain implements Serializable {
        private static final long serialVersionUID = 1L;

        /** The bytes of all; null if they could not be made. */
        final byte @Nullable [] whole;

        /** The first link comes first. */
        final Node[] nodes;

        Chain(byte @Nullable [] whole, Node[] nodes) {
            this.whole = whole;
            this.nodes = nodes;
        }

        void check() throws StreamCorruptedException {
            if (nodes.length == 0) {
                throw new StreamCorruptedException("no throwable in the bytes of one");
            }
            for (Node node : nodes) {
                node.check(nodes.length);
            }
        }
    }

    /** One link: the description, and the original's bytes. */
    private static final class Node implements Serializable {
        private static final long serialVersionUID = 1L;

        final String className;
        final @Nullable String message;
        final StackTraceElement[] frames;

        /** Those of this link alone; null if they could not be made, or are not needed. */
        byte @Nullable [] original;

        /** Why they could not be made. */
        @Nullable
        String obstacle;

        /** Its number. */
        int cause = NONE;

        /** Their numbers. */
        int[] suppressed = {};

        /** The numbers of all links that the bytes refer to. */
        int[] inOriginal = {};

        Node(Throwable link, String runtime) {
            this.className = link.getClass().getName();
            this.message = messageOf(link);
            this.frames = cut(framesOf(link), runtime);
        }

        void check(int links) {
            if (cause != NONE) {
                Objects.checkIndex(cause, links);
            }
            for (int s : suppressed) {
                Objects.checkIndex(s, links);
            }
            for (int o : inOriginal) {
                Objects.checkIndex(o, links);
            }
        }
    }

    /** Stands for the link with this number in another one that was written alone. */
    private record Link(int number) implements Serializable {}

    // ---- writing ----------------------------------------------------------------------------------------------------

    /** The links in the order in which they are met. */
    private final class Links {
        private final String runtime;
        private final List<Throwable> links = new ArrayList<>();
        private final IdentityHashMap<Throwable, Integer> numbers = new IdentityHashMap<>();

        Links(Throwable first, String runtime) {
            this.runtime = runtime;
            numberOf(first);
        }

        private int numberOf(Throwable link) {
            Integer known = numbers.putIfAbsent(link, links.size());
            if (known != null) {
                return known;
            }
            links.add(link);
            return links.size() - 1;
        }

        Chain describe(byte @Nullable [] whole) {
            List<Node> nodes = new ArrayList<>();
            for (int i = 0; i < links.size(); i++) { // it grows meanwhile
                Node node = new Node(links.get(i), runtime);
                if (i < MOST_FOLLOWED) {
                    follow(links.get(i), node, whole != null);
                } else {
                    node.obstacle = "there are more than " + MOST_FOLLOWED + " throwables before it";
                }
                nodes.add(node);
            }
            return new Chain(whole, nodes.toArray(Node[]::new));
        }

        private void follow(Throwable link, Node node, boolean isWhole) {
            Throwable cause = causeOf(link);
            if (cause != null) {
                node.cause = numberOf(cause);
            }
            node.suppressed =
                    Arrays.stream(link.getSuppressed()).mapToInt(this::numberOf).toArray();
            if (isWhole && links.size() == 1) {
                return; // the whole is this link
            }
            Set<Integer> met = new TreeSet<>();
            try {
                node.original = alone(link, met);
            } catch (Throwable e) {
                // NotSerializableException, or anything at all from the user's writeObject. Kept as the reason.
                node.obstacle = SafeText.of(e);
            }
            node.inOriginal = met.stream().mapToInt(i -> i).toArray();
        }

        private byte[] alone(Throwable link, Set<Integer> met) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DeepStack.write(bytes, target -> {
                AloneWriter out = new AloneWriter(target, link, this, met);
                out.writeObject(link);
                out.flush();
            });
            return bytes.toByteArray();
        }
    }

    private final class AloneWriter extends ObjectWriter {
        private final Throwable link;
        private final Links links;
        private final Set<Integer> met;

        AloneWriter(OutputStream out, Throwable link, Links links, Set<Integer> met) throws IOException {
            super(out, codec);
            this.link = link;
            this.links = links;
            this.met = met;
        }

        @Override
        protected Object replaceObject(Object object) throws IOException {
            if (object instanceof Throwable other && other != link) {
                int number = links.numberOf(other);
                met.add(number);
                return new Link(number);
            }
            return super.replaceObject(object);
        }
    }

    // ---- reading ----------------------------------------------------------------------------------------------------

    private Throwable whole(byte[] bytes, Node[] nodes) throws IOException, ClassNotFoundException {
        Throwable first = Objects.requireNonNull(
                codec.readStream(bytes, 0, in -> in.next(Throwable.class)), "no throwable in the bytes of one");
        Throwable[] originals = new Throwable[nodes.length];
        originals[0] = first;
        int[] open = new int[nodes.length];
        int count = 1;
        for (int i = 0; i < count; i++) {
            Node node = nodes[open[i]];
            Throwable original = checked(originals[open[i]]);
            Throwable cause = causeOf(original);
            if (cause != null && node.cause != NONE && originals[node.cause] == null) {
                originals[node.cause] = cause;
                open[count++] = node.cause;
            }
            Throwable[] suppressed = original.getSuppressed();
            for (int s = 0; s < Math.min(suppressed.length, node.suppressed.length); s++) {
                if (originals[node.suppressed[s]] == null) {
                    originals[node.suppressed[s]] = suppressed[s];
                    open[count++] = node.suppressed[s];
                }
            }
            original.setStackTrace(node.frames); // without those of the library
        }
        return first;
    }

    /** One whose {@code toString} throws would do so later, in whatever wraps or prints it. */
    private static Throwable checked(Throwable original) {
        String unused = original.toString();
        return original;
    }

    /** Ties single links together. What a link refers to is rebuilt before it, as far as it is not a part of a cycle. */
    private final class Rebuilding {
        private final Node[] nodes;
        private final String obstacle;
        private final @Nullable Throwable[] built;
        private final boolean[] begun;

        /** What a link of a cycle got in place of one that was not complete, by its number. */
        private final Map<Integer, Throwable> early = new LinkedHashMap<>();

        Rebuilding(Node[] nodes, String obstacle) {
            this.nodes = nodes;
            this.obstacle = obstacle;
            this.built = new Throwable[nodes.length];
            this.begun = new boolean[nodes.length];
        }

        Throwable first() {
            build(0);
            if (!early.isEmpty()) {
                closeCycles();
            }
            return Objects.requireNonNull(built[0]);
        }

        private void build(int number) {
            if (begun[number]) {
                return;
            }
            begun[number] = true;
            Node node = nodes[number];
            if (node.cause != NONE) {
                build(node.cause);
            }
            for (int s : node.suppressed) {
                build(s);
            }
            for (int o : node.inOriginal) {
                build(o);
            }
            built[number] = node.original == null ? standIn(node, node.obstacle) : alone(node, node.original);
        }

        private Throwable alone(Node node, byte[] bytes) {
            try {
                Throwable original = checked(Objects.requireNonNull(DeepStack.attempt(() -> {
                    try (var in = new AloneReader(bytes, this)) {
                        return in.next(Throwable.class);
                    }
                })));
                original.setStackTrace(node.frames);
                return original;
            } catch (Throwable e) {
                return standIn(node, SafeText.of(e));
            }
        }

        private Throwable standIn(Node node, @Nullable String why) {
            Throwable cause = node.cause == NONE ? null : link(node.cause);
            Throwable standIn = ofTheLibrary(node, cause);
            if (standIn == null) {
                standIn = bare(node, why == null ? obstacle : why);
                if (cause != null) {
                    standIn.initCause(cause);
                }
            }
            for (int s : node.suppressed) {
                standIn.addSuppressed(link(s));
            }
            return standIn;
        }

        private static RemoteTaskException bare(Node node, String why) {
            return new RemoteTaskException(node.className, node.message, why, node.frames);
        }

        /** What workers themselves say. A filter that lists a program's classes does not know it, and need not. */
        private static @Nullable Throwable ofTheLibrary(Node node, @Nullable Throwable cause) {
            Throwable own;
            if (node.className.equals(ResultSerializationException.class.getName())) {
                own = new ResultSerializationException(String.valueOf(node.message), cause);
            } else if (node.className.equals(TaskSerializationException.class.getName())) {
                own = new TaskSerializationException(String.valueOf(node.message), cause);
            } else if (node.className.equals(OutOfMemoryDetails.class.getName())) {
                own = new OutOfMemoryDetails(String.valueOf(node.message));
            } else {
                return null;
            }
            own.setStackTrace(node.frames);
            return own;
        }

        /** For others to refer to. Of one that is being rebuilt itself there is a stand-in only, until all are there. */
        Throwable link(int number) {
            Throwable known = built[number];
            return known != null
                    ? known
                    : early.computeIfAbsent(number, i -> bare(nodes[i], "it refers to itself by way of others"));
        }

        /** Without the JDK's internals the stand-ins stay. */
        private void closeCycles() {
            try {
                Field cause = field("cause");
                Field suppressed = field("suppressedExceptions");
                for (Throwable link : built) {
                    if (link != null) {
                        cause.set(link, complete((Throwable) cause.get(link)));
                        if (link.getSuppressed().length > 0) { // else it may be a list that is shared, or none
                            List<@Nullable Throwable> all = new ArrayList<>();
                            for (Throwable s : link.getSuppressed()) {
                                all.add(complete(s));
                            }
                            suppressed.set(link, all);
                        }
                    }
                }
            } catch (InternalsClosedException | ReflectiveOperationException e) {
                // as said
            }
        }

        private @Nullable Throwable complete(@Nullable Throwable link) {
            for (Map.Entry<Integer, Throwable> entry : early.entrySet()) {
                if (entry.getValue() == link) {
                    return built[entry.getKey()];
                }
            }
            return link;
        }
    }

    private static Field field(String ofThrowable) throws ReflectiveOperationException {
        Field field = Throwable.class.getDeclaredField(ofThrowable);
        JdkInternals.open(field);
        return field;
    }

    private final class AloneReader extends ObjectReader {
        private final Rebuilding links;

        AloneReader(byte[] bytes, Rebuilding links) throws IOException {
            super(new ByteArrayInputStream(bytes), Sections.NONE, codec);
            this.links = links;
            enableResolveObject(true);
        }

        @Override
        protected Object resolveObject(Object object) throws IOException {
            if (object instanceof Link link) {
                if (link.number < 0 || link.number >= links.nodes.length) {
                    throw new InvalidObjectException("no throwable with the number " + link.number);
                }
                return links.link(link.number);
            }
            return object;
        }
    }

    // ---- frames -----------------------------------------------------------------------------------------------------

    /** What is on top of the user's frames stays, also where it is this library's: a pool in the task, for instance. */
    private static StackTraceElement[] cut(StackTraceElement[] frames, String runtime) {
        int end = frames.length - 1;
        while (end >= 0 && !frames[end].getClassName().startsWith(runtime)) {
            end--;
        }
        if (end < 0) {
            return frames; // of a thread of the user's
        }
        while (end > 0 && frames[end - 1].getClassName().startsWith(LIBRARY)) {
            end--;
        }
        return Arrays.copyOf(frames, end);
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
