/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

/** Words about throwables of the user's, whose own methods may throw: where that is not caught, a future is never done. */
public final class SafeText {
    private SafeText() {}

    /** As {@link Throwable#toString}, or the class's name and why that is all; what cannot be sent is told in plain words. */
    public static String of(Throwable thrown) {
        if (thrown instanceof UnsendableException unsendable) {
            return unsendable.className() + " " + unsendable.obstacle();
        }
        try {
            return thrown.toString();
        } catch (Throwable e) {
            return thrown.getClass().getName() + " (toString() threw "
                    + e.getClass().getName() + ")";
        }
    }
}
