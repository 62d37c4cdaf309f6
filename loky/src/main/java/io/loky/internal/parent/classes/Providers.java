/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import io.loky.internal.classfile.ConstantPool;
import io.loky.internal.codec.SafeText;
import io.loky.spi.ClassBytesProvider;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the user's {@link ClassBytesProvider}s know, of those that one class loader sees. They are looked up when the first
 * class is asked for. One that fails does not hide the others.
 */
final class Providers {
    private static final System.Logger LOG = System.getLogger("io.loky.classes");

    /** A broken list of services may fail at each look. */
    private static final int MAX_FAILURES = 16;

    /** The one instance of each class of providers, which lives as long as that class, and keeps no loader alive. */
    private static final ClassValue<AtomicReference<@Nullable Object>> INSTANCES = new ClassValue<>() {
        @Override
        protected AtomicReference<@Nullable Object> computeValue(Class<?> type) {
            return new AtomicReference<>();
        }
    };

    private final ClassLoader loader;
    private @Nullable List<ClassBytesProvider> found;

    /** Of the search itself. */
    private final List<Throwable> failures = new ArrayList<>();

    Providers(ClassLoader loader) {
        this.loader = loader;
    }

    /**
     * The class file; null if none has it.
     *
     * @param failed gets what has failed
     */
    byte @Nullable [] bytesOf(Class<?> type, List<Throwable> failed) {
        List<ClassBytesProvider> providers = found;
        if (providers == null) {
            providers = find();
            found = providers;
        }
        for (ClassBytesProvider provider : providers) {
            try {
                byte[] bytes = provider.bytesOf(type);
                if (bytes != null) {
                    return checked(type, bytes, provider);
                }
            } catch (Throwable e) { // the user's code
                LOG.log(
                        Level.DEBUG,
                        () -> provider.getClass().getName() + " failed for " + type.getName() + ": " + SafeText.of(e));
                failed.add(e);
            }
        }
        failed.addAll(failures);
        return null;
    }

    /** The user knows better than we do what a class was made from, so no more is compared than the name. */
    private static byte[] checked(Class<?> type, byte[] bytes, ClassBytesProvider provider) throws IOException {
        String name = ConstantPool.of(bytes).thisClass();
        if (!name.equals(type.getName())) {
            throw new IOException(
                    provider.getClass().getName() + " gives the class file of " + name + " for " + type.getName());
        }
        return bytes;
    }

    private List<ClassBytesProvider> find() {
        List<ClassBytesProvider> providers = new ArrayList<>();
        Iterator<ServiceLoader.Provider<ClassBytesProvider>> services =
                ServiceLoader.load(ClassBytesProvider.class, loader).stream().iterator();
        for (boolean more = true; more && failures.size() < MAX_FAILURES; ) {
            try {
                more = services.hasNext();
                if (more) {
                    providers.add(instance(services.next()));
                }
            } catch (Throwable e) { // the user's code, and the user's lists of services
                LOG.log(Level.DEBUG, () -> "a provider of class files is not to be had: " + SafeText.of(e));
                failures.add(e);
            }
        }
        return providers;
    }

    private static ClassBytesProvider instance(ServiceLoader.Provider<ClassBytesProvider> service) {
        Class<? extends ClassBytesProvider> type = service.type();
        if (Modifier.isAbstract(type.getModifiers())) {
            return service.get(); // of a method that declares to return that: it may return one of anybody's
        }
        AtomicReference<@Nullable Object> kept = INSTANCES.get(type);
        ClassBytesProvider instance = (ClassBytesProvider) kept.get();
        if (instance == null) {
            instance = service.get();
            Object other = kept.compareAndExchange(null, instance);
            instance = other == null ? instance : (ClassBytesProvider) other; // another thread came first
        }
        return instance;
    }
}
