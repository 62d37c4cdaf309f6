/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.internal.codec.jdk.InternalsClosedException;
import io.loky.internal.codec.jdk.JdkInternals;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Travels in place of an object, and becomes it on the other side.
 *
 * <p>Whatever refers to the object while it is being rebuilt (itself, by way of others) would get the stand-in. So the
 * stream is told the object as soon as that exists, before what it holds is read. Where this is impossible, the object
 * has to be complete first: whoever refers back to it keeps the stand-in, and {@link SelfReferences} finds that out.
 */
public interface StandIn extends Serializable {
    /** The object stream that stand-ins are read from. */
    interface Source {
        /** A stand-in may have got where it does not belong. */
        void suspectSelfReference();
    }

    /** Where in a stream a stand-in is; to be asked for before anything else is read. */
    final class Place {
        private final ObjectInputStream in;
        private final int handle;

        private Place(ObjectInputStream in, int handle) {
            this.in = in;
            this.handle = handle;
        }

        static Place in(ObjectInputStream in) {
            int handle;
            try {
                handle = JdkInternals.get().passHandle(in);
            } catch (InternalsClosedException e) {
                handle = -1; // without internals: who refers back to it is looked for in the end
            }
            return new Place(in, handle);
        }

        /** Whoever refers to the stand-in from now on gets this object, which may be incomplete. */
        void is(Object object) throws InvalidObjectException {
            if (handle < 0) {
                suspect();
            } else {
                JdkInternals.get().replace(in, handle, object);
            }
        }

        /** The object was made after what it holds: nothing in there may refer to it. */
        void suspect() {
            if (in instanceof Source source) {
                source.suspectSelfReference();
            }
        }
    }

    /** Reads an object, and sees to it that it is none of the stand-ins. */
    static @Nullable Object read(ObjectInputStream in) throws IOException, ClassNotFoundException {
        Object value = in.readObject();
        if (value instanceof StandIn) {
            throw SelfReferences.refusal(value);
        }
        return value;
    }
}
