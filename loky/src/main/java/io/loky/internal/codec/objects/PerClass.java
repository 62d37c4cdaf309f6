/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Something of this library's for each class, found out once. A {@link ClassValue} alone would keep it, and with it the
 * library and the loader of the library, alive in every class that was ever asked about, those of the JDK included; a map
 * alone would keep the classes alive. So classes that outlive the library anyway are in a map of the library's, and the
 * others hold a reference that goes when memory is needed, after which the thing is found out anew. Thread-safe.
 *
 * @param <T> what it is
 */
public final class PerClass<T> {
    private final Function<Class<?>, T> finder;
    private final Map<Class<?>, T> ofLasting = new ConcurrentHashMap<>();

    private final ClassValue<SoftReference<T>> ofOthers = new ClassValue<>() {
        @Override
        protected SoftReference<T> computeValue(Class<?> type) {
            return new SoftReference<>(finder.apply(type));
        }
    };

    /**
     * @param finder may be called more than once for one class, and throw
     */
    public PerClass(Function<Class<?>, T> finder) {
        this.finder = finder;
    }

    public T get(Class<?> type) {
        T known = ofLasting.get(type);
        if (known != null) {
            return known;
        }
        if (isLasting(type)) {
            T found = finder.apply(type); // not computeIfAbsent: to find out about one class may ask about another one
            T first = ofLasting.putIfAbsent(type, found);
            return first == null ? found : first;
        }
        while (true) {
            T found = ofOthers.get(type).get();
            if (found != null) {
                return found;
            }
            ofOthers.remove(type);
        }
    }

    /** Whether the class lives as long as this library does: its loader is that of the library, or above it. */
    private static boolean isLasting(Class<?> type) {
        if (type.isHidden()) {
            return false; // may go before its loader does
        }
        ClassLoader loader = type.getClassLoader();
        if (loader == null) {
            return true;
        }
        ClassLoader level = PerClass.class.getClassLoader();
        while (level != null && level != loader) {
            level = level.getParent();
        }
        return level != null;
    }
}
