/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.jdk;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one place that goes where the JDK does not let others go.
 *
 * <p>Five things cannot be done from outside: to find the method behind a plain lambda (its class is hidden, and only its
 * constant pool tells), to make that lambda again in a class of another module, to tell an object stream that the object
 * with this number is another one (without it an object that refers to itself through a list would find a stand-in in the
 * list), to look into objects of the JDK, and to ask a class loader for what it has itself and what a class of its was made
 * from. A {@code Lookup} that may do everything does all five. It is had in the first of these ways that works:
 *
 * <ol>
 *   <li>{@code opens}: {@code java.lang.invoke} is open to this library, by {@code --add-opens}, by {@code Add-Opens} in the
 *       manifest of the program's jar, or by {@link OpeningAgent}. The clean way: whoever starts the program has agreed.
 *   <li>{@code reflection}: the factory that {@code jdk.unsupported} offers to serialization libraries makes the lookup
 *       with a constructor that is private. Works without a flag or a warning on Java 17 to 25; a later one may end it.
 * </ol>
 *
 * The system property {@value #PROPERTY} chooses: {@code auto} (the default), {@code opens} or {@code reflection} alone, or
 * {@code off}. Where there is no way, what needs none goes on: everything that is Serializable, and objects of the user's
 * classes; the rest is refused in words that name the remedy. Thread-safe.
 */
public final class JdkInternals {
    /** The system property that chooses the way. */
    public static final String PROPERTY = "io.loky.internals";

    private enum Way {
        AUTO,
        OPENS,
        REFLECTION,
        OFF
    }

    private static final int TRUSTED = -1;

    /** Not kept while it fails: an agent may come later. */
    private static volatile @Nullable JdkInternals found;

    private final Lookup lookup;
    private final String way;
    private final LambdaPool lambdaPool;
    private final RawMemory memory;
    private final MethodHandle passHandle;
    private final MethodHandle handles;
    private final MethodHandle setObject;
    private final Object refused;
    private final MethodHandle setAccessible;
    private final MethodHandle classData;
    private final MethodHandle findResource;

    private JdkInternals(Lookup lookup, String way) throws ReflectiveOperationException {
        this.lookup = lookup;
        this.way = way;
        this.lambdaPool = new LambdaPool(lookup);
        this.memory = new RawMemory(lookup);
        Class<?> table = Class.forName("java.io.ObjectInputStream$HandleTable");
        this.passHandle = lookup.findGetter(ObjectInputStream.class, "passHandle", int.class);
        this.handles = lookup.findGetter(ObjectInputStream.class, "handles", table)
                .asType(MethodType.methodType(Object.class, ObjectInputStream.class));
        this.setObject = lookup.findVirtual(
                        table, "setObject", MethodType.methodType(void.class, int.class, Object.class))
                .asType(MethodType.methodType(void.class, Object.class, int.class, Object.class));
        this.refused = lookup.findStaticVarHandle(ObjectInputStream.class, "unsharedMarker", Object.class)
                .get();
        this.setAccessible = lookup.findVirtual(
                AccessibleObject.class, "setAccessible0", MethodType.methodType(boolean.class, boolean.class));
        this.classData = lookup.findVirtual(Class.class, "getClassData", MethodType.methodType(Object.class));
        this.findResource =
                lookup.findVirtual(ClassLoader.class, "findResource", MethodType.methodType(URL.class, String.class));
    }

    /**
     * Says early whether the setting can be understood.
     *
     * @throws IllegalArgumentException if {@value #PROPERTY} has a value that it cannot have
     */
    public static void checkSetting() {
        Way unused = setting();
    }

    private static Way setting() {
        String value = System.getProperty(PROPERTY);
        if (value == null) {
            return Way.AUTO;
        }
        for (Way way : Way.values()) {
            if (way.name().toLowerCase(Locale.ROOT).equals(value)) {
                return way;
            }
        }
        throw new IllegalArgumentException(
                "the system property " + PROPERTY + " is '" + value + "'; it can be auto, opens, reflection or off");
    }

    /** Why there is no way, and what to do about it; null if there is one. */
    public static @Nullable String obstacle() {
        try {
            JdkInternals unused = get();
            return null;
        } catch (InternalsClosedException e) {
            return e.getMessage();
        }
    }

    /**
     * The way in.
     *
     * @throws InternalsClosedException if there is none; its message names the remedy
     * @throws IllegalArgumentException if {@value #PROPERTY} has a value that it cannot have
     */
    public static JdkInternals get() {
        JdkInternals internals = found;
        if (internals == null) {
            internals = find(setting());
            found = internals;
        }
        return internals;
    }

    private static JdkInternals find(Way setting) {
        if (setting == Way.OFF) {
            throw new InternalsClosedException(
                    "access to the JDK's internals is switched off by the system property " + PROPERTY + "=off", null);
        }
        List<Throwable> failures = new ArrayList<>();
        if (setting != Way.REFLECTION) {
            try {
                return new JdkInternals(byOpens(), "opens");
            } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
                failures.add(e); // InaccessibleObjectException: not open; or a JDK in which something has another name
            }
        }
        if (setting != Way.OPENS) {
            try {
                return new JdkInternals(byReflectionFactory(), "reflection");
            } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
                failures.add(e); // no jdk.unsupported in this runtime; or a JDK that has ended this
            }
        }
        InternalsClosedException closed = new InternalsClosedException(
                "this JVM does not let the library look into it; start it with --add-opens java.base/java.lang.invoke="
                        + opensTo(),
                failures.get(failures.size() - 1));
        if (failures.size() > 1) {
            closed.addSuppressed(failures.get(0));
        }
        throw closed;
    }

    /** What stands behind the equals sign of {@code --add-opens} for this library. */
    private static String opensTo() {
        Module module = JdkInternals.class.getModule();
        return module.isNamed() ? module.getName() : "ALL-UNNAMED";
    }

    private static Lookup byOpens() throws ReflectiveOperationException {
        Field field = Lookup.class.getDeclaredField("IMPL_LOOKUP");
        field.setAccessible(true);
        return (Lookup) field.get(null);
    }

    private static Lookup byReflectionFactory() throws ReflectiveOperationException {
        Constructor<?> constructor = Lookup.class.getDeclaredConstructor(Class.class, Class.class, int.class);
        return (Lookup)
                Instantiator.forSerialization(Lookup.class, constructor).newInstance(Object.class, null, TRUSTED);
    }

    /** Which of the ways it was. */
    public String way() {
        return way;
    }

    /** A lookup that may do in this class what the class itself may do. */
    public Lookup in(Class<?> host) {
        return lookup.in(host);
    }

    /** What the constant pool of a lambda's class tells of the method that it calls. */
    public LambdaPool lambdaPool() {
        return lambdaPool;
    }

    /** Writes final fields of objects that nobody has seen yet. */
    public RawMemory memory() {
        return memory;
    }

    /** What the maker of a hidden class has left in it; null if nothing. */
    public @Nullable Object classData(Class<?> type) {
        try {
            return (Object) classData.invokeExact(type);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The resource as this loader finds it itself, without asking the loader above. Runs the user's code. */
    public @Nullable URL findResource(ClassLoader loader, String name) {
        try {
            return (URL) findResource.invokeExact(loader, name);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Lets reflection use this member.
     *
     * @throws InternalsClosedException if it belongs to a module that is closed, and there is no way in
     */
    public static void open(AccessibleObject member) {
        try {
            member.setAccessible(true);
        } catch (InaccessibleObjectException e) {
            try {
                boolean unused = (boolean) get().setAccessible.invokeExact(member, true);
            } catch (InternalsClosedException closed) {
                closed.addSuppressed(e);
                throw closed;
            } catch (Throwable other) {
                throw unexpected(other);
            }
        }
    }

    /** The number of the object whose {@code readObject} is being called. */
    public int passHandle(ObjectInputStream in) {
        try {
            return (int) passHandle.invokeExact(in);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Sees to it that whoever refers to the object with this number gets this one.
     *
     * @throws InvalidObjectException if the stream is closed
     */
    public void replace(ObjectInputStream in, int handle, Object object) throws InvalidObjectException {
        try {
            setObject.invokeExact((Object) handles.invokeExact(in), handle, object);
        } catch (NullPointerException | IndexOutOfBoundsException e) {
            InvalidObjectException invalid = new InvalidObjectException("no object with the number " + handle);
            invalid.initCause(e);
            throw invalid;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Sees to it that the stream refuses whoever refers to the object with this number, as it does with unshared ones: until
     * {@link #replace}, or until the object is complete.
     *
     * @throws InvalidObjectException if the stream is closed
     */
    public void refuse(ObjectInputStream in, int handle) throws InvalidObjectException {
        replace(in, handle, refused);
    }

    /** For what a handle to a method that declares no exception throws. */
    static RuntimeException unexpected(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException runtime ? runtime : new IllegalStateException(thrown);
    }
}
