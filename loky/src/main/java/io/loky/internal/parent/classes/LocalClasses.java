/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.ShellVariable;
import io.loky.internal.execution.TaskClasses;
import java.util.List;

/** How this JVM finds the classes of tasks that it runs itself: by the numbers that it gave their loaders. */
public final class LocalClasses implements TaskClasses {
    @Override
    public ClassNames plain() {
        return seenFrom(ClassLoader.getSystemClassLoader());
    }

    @Override
    public ClassLoader loader(int number) throws ClassNotFoundException {
        return Loaders.byNumber(number);
    }

    @Override
    public ClassNames seenFrom(ClassLoader loader) {
        return new TaskClassNames(loader);
    }

    /** They are variables of this JVM, and have their values. */
    @Override
    public void set(List<ShellVariable> variables, ClassLoader loader, ObjectCodec codec) {}
}
