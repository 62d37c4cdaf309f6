/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

/** What stands in a message for an object of this JVM. That has to stay as long as somebody may ask for it. */
public interface Kept {
    /** The message has these names. */
    void keepFor(ClassNames names);
}
