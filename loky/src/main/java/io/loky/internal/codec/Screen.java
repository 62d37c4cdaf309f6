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

    Screen(ObjectInputFilter filter) {
        this.filter = filter;
    }

    @Override
    public @Nullable Status checkInput(FilterInfo info) {
        boolean own = isOwn(info.serialClass());
        Status status = null; // also where the filter throws: the stream then rejects
        try {
            status = filter.checkInput(own ? new LimitsOnly(info) : info);
        } finally {
            if (status == null || status == Status.REJECTED) {
                rejected = describe(info);
            }
        }
        return own && status == Status.UNDECIDED ? Status.ALLOWED : status;
    }

    private static boolean isOwn(@Nullable Class<?> type) {
        if (type == null) {
            return false;
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

    /** The same place in the stream, without the class. */
    private record LimitsOnly(FilterInfo info) implements FilterInfo {
        @Override
        public @Nullable Class<?> serialClass() {
            return null;
        }

        @Override
        public long arrayLength() {
            return -1;
        }

        @Override
        public long depth() {
            return info.depth();
        }

        @Override
        public long references() {
            return info.references();
        }

        @Override
        public long streamBytes() {
            return info.streamBytes();
        }
    }
}
