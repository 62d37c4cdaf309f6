/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** What travels in place of objects that the JDK's object stream refuses, or would silently damage. */
final class StandIns {
    private StandIns() {}

    /** What to write for this object: itself, or a stand-in that becomes it again on the other side. */
    static Object replace(Object object) {
        return object;
    }

    /** Why this object itself cannot leave the process; null if it can. What it refers to is another matter. */
    static @Nullable String obstacle(Object object) {
        return object instanceof Serializable ? null : "is not Serializable";
    }
}
