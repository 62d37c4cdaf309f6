/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.jspecify.annotations.Nullable;

/** Stands for an object whose class has no serialized form: the class, and the values of all fields. */
final class Surrogate implements StandIn {
    private static final long serialVersionUID = 1L;

    // serial: what is written is made of the object by hand
    private transient @Nullable Object object;

    Surrogate(Object object) {
        this.object = object;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        Object original = object;
        if (original == null) {
            throw new InvalidObjectException("a stand-in for nothing");
        }
        ObjectForm form = ObjectForm.of(original.getClass());
        out.writeObject(original.getClass());
        out.writeInt(form.fingerprint());
        form.write(original, out);
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        Place place = Place.in(in);
        Class<?> type = (Class<?>) in.readObject();
        ObjectForm form = ObjectForm.of(type);
        if (in.readInt() != form.fingerprint()) {
            throw new InvalidObjectException(
                    type.getName() + " has other fields here than where the object comes from");
        }
        object = form.read(in, place);
    }

    private @Nullable Object readResolve() {
        return object;
    }

    @Override
    public String toString() {
        return object == null ? "a record" : "a " + object.getClass().getName();
    }
}
