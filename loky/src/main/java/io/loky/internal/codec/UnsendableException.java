/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.io.NotSerializableException;

/** An object cannot leave this process; the message says which and why. */
public final class UnsendableException extends NotSerializableException {
    private static final long serialVersionUID = 1L;

    private final String className;
    private final String obstacle;

    UnsendableException(Class<?> type, String obstacle) {
        super(type.getName() + " " + obstacle);
        this.className = type.getName();
        this.obstacle = obstacle;
    }

    /** The class of the object. */
    public String className() {
        return className;
    }

    /** Why, in words that follow the name of the class. */
    public String obstacle() {
        return obstacle;
    }
}
