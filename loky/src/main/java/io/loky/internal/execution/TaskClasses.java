/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.ShellVariable;
import java.util.List;

/** How whoever runs tasks finds their classes. */
public interface TaskClasses {
    /** For the library's own messages. */
    ClassNames plain();

    /**
     * The loader that has this number in the parent.
     *
     * @throws ClassNotFoundException if it is gone
     */
    ClassLoader loader(int number) throws ClassNotFoundException;

    /** The names for a task in the context of this loader. */
    ClassNames seenFrom(ClassLoader loader);

    /** Sets what a task of a shell brings along, where the shell itself is elsewhere. */
    void set(List<ShellVariable> variables, ClassLoader loader, ObjectCodec codec);
}
