/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.SerializableSupplier;
import java.io.InvalidObjectException;
import java.io.Serializable;

/** What travels in place of an object that has a reducer. Becomes the object when it has been read. */
final class Reduced implements Serializable {
    private static final long serialVersionUID = 1L;

    /** For messages. */
    private final String typeName;

    private final SerializableSupplier<?> recipe;

    Reduced(String typeName, SerializableSupplier<?> recipe) {
        this.typeName = typeName;
        this.recipe = recipe;
    }

    SerializableSupplier<?> recipe() {
        return recipe;
    }

    private Object readResolve() throws InvalidObjectException {
        Object rebuilt;
        try {
            rebuilt = recipe.get();
        } catch (Exception e) {
            InvalidObjectException failure = new InvalidObjectException(
                    "the reducer's supplier could not rebuild a " + typeName + ": " + SafeText.of(e));
            failure.initCause(e);
            throw failure;
        }
        if (rebuilt == null) {
            throw new InvalidObjectException("the reducer's supplier returned null in place of a " + typeName);
        }
        return rebuilt;
    }
}
