/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.internal.codec.jdk.InternalsClosedException;
import io.loky.internal.codec.jdk.JdkInternals;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.InvalidObjectException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Travels in place of an object, and becomes it on the other side.
 *
 * <p>Whatever refers to the object while it is being rebuilt (itself, by way of others) would get the stand-in. So the
 * stream is told the object as soon as that exists, before what it holds is read. Where this is impossible, since the object
 * has to be complete first, or until it is there, the stream refuses whoever refers back to it. Without the JDK's internals the
 * stream cannot be told anything: {@link SelfReferences} then finds out in the end who has kept a stand-in.
 */
public interface StandIn extends Serializable {
    /** An array of primitives that was made for this one, and that nobody else has; null if there is none. */
    default @Nullable Object fresh() {
        return null;
    }

    /** The object stream that stand-ins are read from. */
    interface Source {
        /** The stream could not be told: a stand-in may get where it does not belong. */
        void suspectSelfReference();
    }

    /** Where in a stream a stand-in is; to be asked for before anything else is read. Nothing may refer to it yet. */
    final class Place {
        private final ObjectInputStream in;
        private final int handle;

        private Place(ObjectInputStream in, int handle) {
            this.in = in;
            this.handle = handle;
        }

        static Place in(ObjectInputStream in) throws InvalidObjectException {
            try {
                JdkInternals internals = JdkInternals.get();
                int handle = internals.passHandle(in);
                internals.refuse(in, handle);
                return new Place(in, handle);
            } catch (InternalsClosedException e) {
                if (in instanceof Source source) {
                    source.suspectSelfReference();
                }
                return new Place(in, -1);
            }
        }

        /**
         * Asks the stream's filter about the class of an object before that object has any effect: the stream itself asks when
         * the object is complete.
         *
         * @throws InvalidClassException if the filter says no
         */
        void ask(Class<?> type) throws InvalidClassException {
            StandIn.ask(in.getObjectInputFilter(), type);
        }

        /** Whoever refers to the stand-in from now on gets this object, which may be incomplete. */
        void is(Object object) throws InvalidObjectException {
            if (handle >= 0) {
                JdkInternals.get().replace(in, handle, object);
            }
        }
    }

    /** About a class only: the stand-in that is read counts in the limits. */
    record Question(Class<?> serialClass, long arrayLength) implements ObjectInputFilter.FilterInfo {
        @Override
        public long depth() {
            return 1;
        }

        @Override
        public long references() {
            return 1;
        }

        @Override
        public long streamBytes() {
            return 0;
        }
    }

    /**
     * Asks a filter about a class only.
     *
     * @param filter null if there is none
     * @throws InvalidClassException if it says no
     */
    static void ask(@Nullable ObjectInputFilter filter, Class<?> type) throws InvalidClassException {
        ask(filter, type, -1);
    }

    /**
     * Asks a filter about a class, or about an array that is not made yet.
     *
     * @param filter null if there is none
     * @param length of an array; -1 for a class
     * @throws InvalidClassException if it says no
     */
    static void ask(@Nullable ObjectInputFilter filter, Class<?> type, int length) throws InvalidClassException {
        ObjectInputFilter.Status status = null; // also where the filter throws: as the stream has it
        RuntimeException failure = null;
        try {
            status =
                    filter == null ? ObjectInputFilter.Status.UNDECIDED : filter.checkInput(new Question(type, length));
        } catch (RuntimeException e) {
            failure = e;
        }
        if (status == null || status == ObjectInputFilter.Status.REJECTED) {
            InvalidClassException invalid = new InvalidClassException("filter status: " + status);
            invalid.initCause(failure);
            throw invalid;
        }
    }

    /** Reads an object, and sees to it that it is none of the stand-ins. */
    static @Nullable Object read(ObjectInputStream in) throws IOException, ClassNotFoundException {
        Object value = in.readObject();
        if (value instanceof StandIn) {
            throw SelfReferences.refusal(null);
        }
        return value;
    }
}
