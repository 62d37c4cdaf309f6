/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.classes;

import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.JdkClass;
import io.loky.internal.codec.Library;
import io.loky.internal.codec.LoaderNumber;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.ShellVariable;
import io.loky.internal.codec.objects.LambdaTable;
import io.loky.internal.execution.TaskClasses;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.InvalidClassException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * How a worker names classes: with the number that their loader has in the parent. For each number there is one loader
 * here, made when it first appears, and dropped when the parent says that it has none with this number any more.
 */
public final class Mirrors implements ClassNames, TaskClasses {
    private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();
    private static final ClassLoader LIBRARY = Mirrors.class.getClassLoader();

    private final ParentLine parent;
    private final Consumer<ClassLoader> onForgotten;
    private final ClassLoader app;
    private final Map<Integer, Mirror> mirrors = new ConcurrentHashMap<>();
    private final LambdaTable lambdas = new LambdaTable();

    /**
     * @param onForgotten is told of each loader that the parent has no more
     */
    public Mirrors(ParentLine parent, Consumer<ClassLoader> onForgotten) {
        this(parent, onForgotten, ClassLoader.getSystemClassLoader());
    }

    /**
     * The same.
     *
     * @param app has the class path that the parent has
     */
    public Mirrors(ParentLine parent, Consumer<ClassLoader> onForgotten, ClassLoader app) {
        this.parent = parent;
        this.onForgotten = onForgotten;
        this.app = app;
    }

    @Override
    public ClassNames plain() {
        return this;
    }

    @Override
    public void set(List<ShellVariable> variables, ClassLoader loader, ObjectCodec codec) {
        ShellVariables.set(variables, loader, codec);
    }

    /** The loader that stands for the parent's with this number. */
    @Override
    public ClassLoader loader(int number) {
        return switch (number) {
            case LoaderNumber.PLATFORM -> PLATFORM;
            case LoaderNumber.APP -> app;
            case LoaderNumber.LIBRARY -> LIBRARY;
            default -> mirror(number);
        };
    }

    private Mirror mirror(int number) {
        return mirrors.computeIfAbsent(
                number, n -> new Mirror(n, n == LoaderNumber.APP ? app : PLATFORM, this, parent));
    }

    /** The parent has no loader with this number any more. What others have from it they will ask for again. */
    public void forget(int number) {
        Mirror forgotten = mirrors.remove(number);
        mirrors.values().forEach(mirror -> mirror.forget(number));
        if (forgotten != null) {
            onForgotten.accept(forgotten);
        }
    }

    /**
     * The class that the parent's loader with this number defines.
     *
     * @throws ClassNotFoundException if it does not
     */
    Class<?> find(int number, String name) throws ClassNotFoundException {
        try {
            return Class.forName(name, false, loader(number));
        } catch (ClassNotFoundException e) {
            if (number == LoaderNumber.PLATFORM) {
                throw JdkClass.missing(name, "of this worker", e);
            }
            if (number != LoaderNumber.APP) {
                throw e;
            }
            // On the parent's class path and not on ours: added by an agent, or removed since the parent has read it.
            return Class.forName(name, false, mirror(number));
        }
    }

    @Override
    public ClassNames seenFrom(ClassLoader task) {
        return new ClassNames() {
            @Override
            public ClassLoader loader() {
                return task;
            }

            @Override
            public LambdaTable lambdas() {
                return Mirrors.this.lambdas();
            }

            @Override
            public void annotate(Class<?> type, DataOutput out) throws IOException {
                Mirrors.this.annotate(type, out);
            }

            @Override
            public Class<?> resolve(String name, DataInput in) throws IOException, ClassNotFoundException {
                return Mirrors.this.resolve(name, in);
            }

            @Override
            public Class<?> resolveProxy(String[] interfaces, DataInput in) throws IOException, ClassNotFoundException {
                return Mirrors.this.resolveProxy(interfaces, in);
            }
        };
    }

    // ---- ClassNames -------------------------------------------------------------------------------------------------

    /** For the library's own messages. */
    @Override
    public ClassLoader loader() {
        return app;
    }

    @Override
    public LambdaTable lambdas() {
        return lambdas;
    }

    @Override
    public void annotate(Class<?> type, DataOutput out) throws IOException {
        LoaderNumber.write(numberOf(type), out);
    }

    private int numberOf(Class<?> type) throws InvalidClassException {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        ClassLoader loader = element.getClassLoader();
        if (loader == null || loader == PLATFORM) {
            return LoaderNumber.PLATFORM;
        }
        if (type.isHidden()) {
            throw new InvalidClassException(
                    type.getName(), "a hidden class, which no class loader finds by its name, cannot be sent");
        }
        if (loader instanceof Mirror mirror) {
            return mirror.number();
        }
        if (Library.has(element)) {
            return LoaderNumber.LIBRARY;
        }
        if (loader == app) {
            return LoaderNumber.APP;
        }
        throw new InvalidClassException(
                type.getName(),
                "a class that was made in the worker, by a " + loader.getClass().getName()
                        + ", and that the parent does not have; return something whose class the parent knows");
    }

    @Override
    public Class<?> resolve(String name, DataInput in) throws IOException, ClassNotFoundException {
        return find(LoaderNumber.read(in), name);
    }

    @Override
    public Class<?> resolveProxy(String[] interfaces, DataInput in) throws IOException, ClassNotFoundException {
        int number = LoaderNumber.read(in);
        try {
            return ClassNames.proxy(interfaces, loader(number));
        } catch (ClassNotFoundException e) {
            if (number != LoaderNumber.APP) {
                throw e;
            }
            return ClassNames.proxy(interfaces, mirror(number)); // as for other classes
        }
    }
}
