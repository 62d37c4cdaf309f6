/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import org.jspecify.annotations.Nullable;

/**
 * A filter in front of one object stream, which remembers what was turned down: the stream's own exception does not say.
 * The library's own stand-ins pass, since a user's list of classes cannot name them; what they hold is asked about in turn,
 * and they count in the filter's limits.
 */
final class Screen implements ObjectInputFilter {
    private static final String OWN = Screen.class.getPackageName();

    private final ObjectInputFilter filter;
    private @Nullable String rejected;

    /** Where in the stream the last question came from. */
    private long depth;

    private long references;

    /** References in streams inside of this one that have been read. */
    private long inside;

    /** Bytes of large arrays, which are no part of the stream. */
    private long aside;

    /** The bytes of the array that the next question is about: a stream, too, counts them after it has asked. */
    private long next;

    private boolean passesText;

    Screen(ObjectInputFilter filter) {
        this.filter = filter;
    }

    @Override
    public @Nullable Status checkInput(FilterInfo info) {
        boolean own = isOwn(info.serialClass()) || (passesText && info.serialClass() == String.class);
        passesText = false;
        depth = Math.max(info.depth(), 1);
        references = info.references();
        Status status = null; // also where the filter throws: the stream then rejects
        try {
            status = filter.checkInput(
                    own || inside > 0 || aside > 0 ? new Counted(info, !own, 0, inside, aside) : info);
        } finally {
            if (status == null || status == Status.REJECTED) {
                rejected = describe(info);
            }
            aside += next;
            next = 0;
        }
        return own && status == Status.UNDECIDED ? Status.ALLOWED : status;
    }

    /**
     * The same filter for a stream whose bytes are in this one: its limits of depth and references go on from where this one
     * is. (Its bytes count in this one already.)
     */
    ObjectInputFilter inner() {
        long outerDepth = depth;
        long outerReferences = references + inside;
        return info -> {
            inside = outerReferences - references + info.references();
            return filter.checkInput(new Counted(info, true, outerDepth, outerReferences, 0));
        };
    }

    /** The next question is about a text that a stand-in has become: no stream asks about a text that is in it. */
    void passText() {
        passesText = true;
    }

    /** So many bytes come from beside the stream. */
    void aside(long bytes) {
        next += bytes;
    }

    private static boolean isOwn(@Nullable Class<?> type) {
        if (type == null) {
            return false;
        }
        if (type.isHidden()) {
            return true; // no stream can name it: a lambda, made here, and the class that contains it has been asked
            // about
        }
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        return (element.getPackageName() + ".").startsWith(OWN + ".")
                && element.getClassLoader() == Screen.class.getClassLoader();
    }

    private static String describe(FilterInfo info) {
        Class<?> type = info.serialClass();
        if (type == null) {
            return "(a stream of " + info.streamBytes() + " bytes, " + info.references() + " references, "
                    + info.depth() + " deep)";
        }
        return info.arrayLength() < 0 ? type.getName() : type.getTypeName() + " of length " + info.arrayLength();
    }

    /** What the user is to be told instead of the stream's own exception, if this screen was the reason. */
    InvalidClassException explain(InvalidClassException e) {
        if (rejected == null) {
            return e;
        }
        InvalidClassException explained = new InvalidClassException(rejected, "rejected by the deserialization filter");
        explained.initCause(e);
        return explained;
    }

    /** The same question, perhaps without the class, from farther inside. */
    private record Counted(FilterInfo info, boolean withClass, long outerDepth, long outerReferences, long asideBytes)
            implements FilterInfo {
        @Override
        public @Nullable Class<?> serialClass() {
            return withClass ? info.serialClass() : null;
        }

        @Override
        public long arrayLength() {
            return withClass ? info.arrayLength() : -1;
        }

        @Override
        public long depth() {
            return info.depth() + outerDepth;
        }

        @Override
        public long references() {
            return info.references() + outerReferences;
        }

        @Override
        public long streamBytes() {
            return info.streamBytes() + asideBytes;
        }
    }
}
