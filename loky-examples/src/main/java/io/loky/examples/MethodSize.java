/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.io.Serializable;
import java.util.Comparator;

/**
 * A method and how much bytecode it has.
 *
 * @param owner the class, with dots
 * @param name the method's name; {@code <init>} for a constructor, {@code <clinit>} for a static initialiser
 * @param descriptor its parameters and result, as in the class file
 * @param bytes the length of its code
 */
record MethodSize(String owner, String name, String descriptor, int bytes) implements Serializable {

    /** The largest first; methods of the same size by name, so that the order is always the same. */
    static final Comparator<MethodSize> LARGEST_FIRST =
            Comparator.comparingInt(MethodSize::bytes).reversed().thenComparing(MethodSize::fullName);

    String fullName() {
        return owner + "." + name + descriptor;
    }
}
