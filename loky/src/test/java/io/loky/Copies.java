/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;

/** Sends objects through Java serialization, as happens when a task throws an exception. */
final class Copies {

    private Copies() {}

    @SuppressWarnings("unchecked") // a copy has the class of the original
    static <T> T copyOf(T original) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(original);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (T) in.readObject();
        }
    }
}
