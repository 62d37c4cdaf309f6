/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.internal.codec.jdk.InternalsClosedException;
import io.loky.internal.codec.jdk.JdkInternals;
import java.io.InvalidObjectException;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes lambdas that are Serializable as the JDK does, and in no other way: the compiler has put a method into their host that
 * makes those which are in it, and no others. It only spares the object stream, which describes to the method what is always
 * the same. Needs no look into the JDK, unless the host is in a module that is closed.
 */
final class SerializedFactory implements LambdaFactory {
    /** More than a class can contain that a program uses; each that a host has accepted may be told apart by texts that it ignores. */
    private static final int MOST_KEPT = 1024;

    private static final PerClass<Map<SerializedShape, SerializedFactory>> KNOWN =
            new PerClass<>(host -> new ConcurrentHashMap<>());

    private final SerializedShape shape;

    /** Null where it is closed to this library: then an object stream has to call it. */
    private final @Nullable Method maker;

    private volatile boolean kept;

    private SerializedFactory(SerializedShape shape, @Nullable Method maker) {
        this.shape = shape;
        this.maker = maker;
    }

    /**
     * @throws InvalidObjectException if the host has no lambdas that are Serializable
     */
    static SerializedFactory of(SerializedShape shape) throws InvalidObjectException {
        SerializedFactory known = KNOWN.get(shape.host()).get(shape);
        return known != null ? known : new SerializedFactory(shape, find(shape.host()));
    }

    private static @Nullable Method find(Class<?> host) throws InvalidObjectException {
        try {
            Method maker = host.getDeclaredMethod("$deserializeLambda$", SerializedLambda.class);
            if (!Modifier.isStatic(maker.getModifiers())) {
                throw new NoSuchMethodException("a static " + maker.getName());
            }
            JdkInternals.open(maker);
            return maker;
        } catch (InternalsClosedException e) {
            return null;
        } catch (NoSuchMethodException | LinkageError e) {
            throw impossible(host, e);
        }
    }

    private static InvalidObjectException impossible(Class<?> host, @Nullable Throwable reason) {
        InvalidObjectException impossible =
                new InvalidObjectException("a lambda of " + host.getName() + " cannot be made here: " + reason);
        impossible.initCause(reason);
        return impossible;
    }

    @Override
    public List<Class<?>> classes() {
        return shape.classes();
    }

    @Override
    public int captures() {
        return shape.captures();
    }

    @Override
    public Object standIn(@Nullable Object[] values) {
        return shape.standIn(values);
    }

    @Override
    public @Nullable Object make(@Nullable Object[] values) throws InvalidObjectException {
        if (maker == null) {
            return null;
        }
        Object made;
        try {
            made = maker.invoke(null, shape.standIn(values));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e); // it was opened
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof VirtualMachineError error) {
                throw error; // there may be more stack, or memory, another time
            }
            throw impossible(shape.host(), e.getCause());
        }
        if (made == null) {
            throw new InvalidObjectException(shape.host().getName() + " makes nothing of a lambda of its own");
        }
        keep();
        return made;
    }

    /** Not before the host has made one: any bytes may describe what it does not know. */
    private void keep() {
        if (!kept) {
            kept = true;
            Map<SerializedShape, SerializedFactory> ofHost = KNOWN.get(shape.host());
            if (ofHost.size() < MOST_KEPT) {
                ofHost.putIfAbsent(shape, this);
            }
        }
    }
}
