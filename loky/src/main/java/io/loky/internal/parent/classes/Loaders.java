/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import io.loky.internal.codec.Library;
import io.loky.internal.codec.LoaderNumber;
import io.loky.internal.parent.thread.ServiceThread;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of this JVM's class loaders, in all pools alike. A loader is known by its number as long as it lives; that it
 * has one does not keep it alive. When it is gone all workers are told.
 */
final class Loaders {
    private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();

    /** The JDK's own loader of the class path; null where a program has put something else in its place. */
    private static final @Nullable ClassLoader APP = findApp();

    /**
     * Whether the class path is all that this loader has, so that a worker, which is given the class path, finds the same
     * classes. A program on the module path has them in named modules, which a worker does not have.
     */
    private static final boolean APP_IS_CLASS_PATH = APP != null && !hasModules(APP);

    private static final AtomicInteger OF_PLATFORM = new AtomicInteger(LoaderNumber.PLATFORM);
    private static final AtomicInteger OF_APP = new AtomicInteger(LoaderNumber.APP);
    private static final AtomicInteger OF_LIBRARY = new AtomicInteger(LoaderNumber.LIBRARY);

    private static final AtomicInteger NEXT = new AtomicInteger(LoaderNumber.FIRST_OF_OTHERS);
    private static final ReferenceQueue<ClassLoader> GONE = new ReferenceQueue<>();
    private static final Map<Key, AtomicInteger> BY_LOADER = new ConcurrentHashMap<>();
    private static final Map<Integer, Key> BY_NUMBER = new ConcurrentHashMap<>();
    private static final Set<ClassDesk> DESKS = ConcurrentHashMap.newKeySet();

    /** The answer for each class. The value is of the JDK's: one of ours would keep our loader alive in its class. */
    private static final ClassValue<AtomicInteger> NUMBERS = new ClassValue<>() {
        @Override
        protected AtomicInteger computeValue(Class<?> type) {
            return find(type);
        }
    };

    private Loaders() {}

    // ---- from class to number ---------------------------------------------------------------------------------------

    /** The number of the loader that defines this class. */
    static int numberOf(Class<?> type) {
        return NUMBERS.get(type).get();
    }

    private static AtomicInteger find(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        ClassLoader loader = element.getClassLoader();
        if (loader == null || loader == PLATFORM) {
            return OF_PLATFORM;
        }
        if (Library.has(element)) {
            return OF_LIBRARY;
        }
        if (loader == APP && (APP_IS_CLASS_PATH || isOfTheJdk(element.getModule()))) {
            return OF_APP;
        }
        return cell(loader);
    }

    /** The number of this loader itself, as far as it is not the library's. */
    static int numberOf(@Nullable ClassLoader loader) {
        if (loader == null || loader == PLATFORM) {
            return LoaderNumber.PLATFORM;
        }
        return loader == APP && APP_IS_CLASS_PATH
                ? LoaderNumber.APP
                : cell(loader).get();
    }

    private static AtomicInteger cell(ClassLoader loader) {
        AtomicInteger known = BY_LOADER.get(new Key(loader, null));
        return known != null ? known : register(loader);
    }

    private static synchronized AtomicInteger register(ClassLoader loader) {
        AtomicInteger known = BY_LOADER.get(new Key(loader, null));
        if (known != null) {
            return known; // another thread came first
        }
        Key key = new Key(loader, GONE);
        int number = NEXT.getAndIncrement();
        if (number == LoaderNumber.FIRST_OF_OTHERS) {
            ServiceThread.of("loky-class-loaders", Loaders::forgetForever).start();
        }
        AtomicInteger cell = new AtomicInteger(number);
        BY_NUMBER.put(number, key);
        BY_LOADER.put(key, cell);
        return cell;
    }

    /** From now on the loader has another number: to workers it is a new one. They may still ask about it by the old one. */
    static synchronized void renumber(ClassLoader loader) {
        AtomicInteger cell = cell(loader);
        Key key = BY_NUMBER.get(cell.get());
        if (key != null) {
            int number = NEXT.getAndIncrement();
            BY_NUMBER.put(number, key);
            cell.set(number);
        }
    }

    // ---- from number to loader --------------------------------------------------------------------------------------

    /**
     * The loader with this number.
     *
     * @throws ClassNotFoundException if it is gone
     */
    static ClassLoader byNumber(int number) throws ClassNotFoundException {
        ClassLoader loader = switch (number) {
            case LoaderNumber.PLATFORM -> PLATFORM;
            case LoaderNumber.APP -> APP == null ? ClassLoader.getSystemClassLoader() : APP;
            case LoaderNumber.LIBRARY -> Loaders.class.getClassLoader();
            default -> numbered(number);
        };
        if (loader == null) {
            throw new ClassNotFoundException(
                    "class loader " + number + " of the parent is gone: nothing there referred to it any more");
        }
        return loader;
    }

    private static @Nullable ClassLoader numbered(int number) {
        Key key = BY_NUMBER.get(number);
        if (key == null) {
            return null;
        }
        return key.get();
    }

    // ---- the end of loaders -----------------------------------------------------------------------------------------

    /** From now on this worker is told. */
    static void add(ClassDesk desk) {
        DESKS.add(desk);
    }

    static void remove(ClassDesk desk) {
        DESKS.remove(desk);
    }

    private static void forgetForever() {
        for (; ; ) {
            try {
                Key key = (Key) GONE.remove();
                BY_LOADER.remove(key);
                BY_NUMBER.forEach((number, of) -> {
                    if (of.equals(key)) { // the same one: its loader is gone
                        BY_NUMBER.remove(number);
                        Shell.forget(number);
                        DESKS.forEach(desk -> desk.forget(number));
                    }
                });
            } catch (InterruptedException e) {
                // A user interrupted a thread that is not its own. Loaders end all the same.
                Thread.interrupted();
            }
        }
    }

    private static final class Key extends WeakReference<ClassLoader> {
        private final int hash;

        Key(ClassLoader loader, @Nullable ReferenceQueue<ClassLoader> queue) {
            super(loader, queue);
            this.hash = System.identityHashCode(loader); // a loader's own equals is the user's code
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            if (this == other) {
                return true;
            }
            ClassLoader loader = get();
            return loader != null && other instanceof Key key && key.refersTo(loader);
        }
    }

    // ---- the JDK's loaders ------------------------------------------------------------------------------------------

    /** A loader that replaces the system's has, as a rule, the JDK's own as its parent. */
    private static @Nullable ClassLoader findApp() {
        for (ClassLoader loader = ClassLoader.getSystemClassLoader(); loader != null; loader = loader.getParent()) {
            if (loader.getParent() == PLATFORM && isOfTheJdk(loader.getClass().getModule())) {
                return loader;
            }
        }
        return null;
    }

    private static boolean hasModules(ClassLoader loader) {
        return ModuleLayer.boot().modules().stream()
                .anyMatch(module -> module.getClassLoader() == loader && !isOfTheJdk(module));
    }

    /** Whether each JVM of this JDK has this module, among them the workers. */
    static boolean isOfTheJdk(Module module) {
        return module.isNamed()
                && module.getLayer() == ModuleLayer.boot()
                && ModuleLayer.boot()
                        .configuration()
                        .findModule(module.getName())
                        .flatMap(resolved -> resolved.reference().location())
                        .map(location -> "jrt".equals(location.getScheme()))
                        .orElse(false);
    }
}
