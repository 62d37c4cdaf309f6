/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.JdkClass;
import io.loky.internal.codec.LoaderNumber;
import io.loky.internal.codec.objects.LambdaTable;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.InvalidClassException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the parent names the classes of one task: each with the number of the loader that defines it. Keeps the loaders that the
 * task has mentioned, since its answer may do so again, and nobody else might; and the broadcasts that it will ask for.
 */
public final class TaskClassNames implements ClassNames {
    /** Loaders have their numbers in all pools alike. */
    private static final LambdaTable LAMBDAS = new LambdaTable();

    private final int root;
    private final @Nullable ClassLoader loader;

    /**
     * The loaders and their {@link Loaders#leaseOf leases}, and what else is to stay. Null where the class path is enough, as it
     * mostly is.
     */
    private @Nullable Set<Object> mentioned;

    /**
     * @param function the class of what the user has submitted
     */
    public TaskClassNames(Class<?> function) {
        if (Shell.isIn(function)) {
            Shell.renew(function);
        }
        ClassLoader loader = function.getClassLoader();
        int[] lease = Loaders.leaseOf(function);
        int number = lease[0];
        if (number == LoaderNumber.PLATFORM || number == LoaderNumber.LIBRARY) {
            // A function of the JDK's or of ours: the user's classes are known to whoever submits it.
            loader = Thread.currentThread().getContextClassLoader();
            lease = Loaders.leaseOf(loader);
            number = Math.max(LoaderNumber.APP, lease[0]);
        }
        root = number;
        this.loader = loader;
        keep(lease, loader);
    }

    /** For a task that runs here, in the context of this loader. */
    TaskClassNames(ClassLoader loader) {
        int[] lease = Loaders.leaseOf(loader);
        this.root = lease[0];
        this.loader = loader;
        keep(lease, loader);
    }

    /** The number of the loader in whose context the task is to run. */
    public int root() {
        return root;
    }

    /** Whether these, which keep nothing alive, do all that the other ones can do. */
    public synchronized boolean isLike(TaskClassNames other) {
        return mentioned == null && root == other.root && loader == other.loader;
    }

    /** Whether they keep something alive. */
    public synchronized boolean keepSomething() {
        return mentioned != null;
    }

    @Override
    public ClassLoader loader() {
        return loader == null ? ClassLoader.getSystemClassLoader() : loader;
    }

    @Override
    public LambdaTable lambdas() {
        return LAMBDAS;
    }

    @Override
    public void annotate(Class<?> type, DataOutput out) throws IOException {
        if (type.isHidden()) {
            throw new InvalidClassException(
                    type.getName(), "a hidden class, which no class loader finds by its name, cannot be sent");
        }
        int[] lease = Loaders.leaseOf(type);
        keep(lease, type.getClassLoader());
        LoaderNumber.write(lease[0], out);
    }

    private synchronized void keep(int[] lease, @Nullable ClassLoader loader) {
        if (lease[0] >= LoaderNumber.FIRST_OF_OTHERS && loader != null) {
            keep(loader);
            keep(lease);
        }
    }

    @Override
    public synchronized void keep(Object object) {
        if (mentioned == null) {
            mentioned = Collections.newSetFromMap(new IdentityHashMap<>());
        }
        mentioned.add(object);
    }

    @Override
    public Class<?> resolve(String name, DataInput in) throws IOException, ClassNotFoundException {
        int number = LoaderNumber.read(in);
        try {
            return Class.forName(name, false, Loaders.byNumber(number));
        } catch (ClassNotFoundException e) {
            throw number == LoaderNumber.PLATFORM ? JdkClass.missing(name, "of the parent", e) : e;
        }
    }

    @Override
    public Class<?> resolveProxy(String[] interfaces, DataInput in) throws IOException, ClassNotFoundException {
        return ClassNames.proxy(interfaces, Loaders.byNumber(LoaderNumber.read(in)));
    }
}
