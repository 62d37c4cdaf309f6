/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import io.loky.internal.codec.Library;
import io.loky.internal.codec.LoaderNumber;
import io.loky.internal.parent.thread.ServiceThread;
import java.lang.System.Logger.Level;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of this JVM's class loaders, in all pools alike. A loader is known by its number as long as it lives; that it
 * has one does not keep it alive. When it is gone all workers are told.
 *
 * <p>A loader may get a new number. The old one is good for as long as somebody may still say it: each number has a
 * <em>lease</em>, which the loader keeps as long as this is its number, and each task that has mentioned it until it is
 * answered. When the garbage collector has the lease, workers forget the number.
 */
final class Loaders {
    private static final System.Logger LOG = System.getLogger("io.loky.classes");
    private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();

    /** The JDK's own loader of the class path; null where a program has put something else in its place. */
    private static final @Nullable ClassLoader APP = findApp();

    /**
     * Whether the class path is all that this loader has, so that a worker, which is given the class path, finds the same
     * classes. A program on the module path has them in named modules, which a worker does not have.
     */
    private static final boolean APP_IS_CLASS_PATH = APP != null && !hasModules(APP);

    private static final AtomicReference<int[]> OF_PLATFORM = fixed(LoaderNumber.PLATFORM);
    private static final AtomicReference<int[]> OF_APP = fixed(LoaderNumber.APP);
    private static final AtomicReference<int[]> OF_LIBRARY = fixed(LoaderNumber.LIBRARY);

    private static final AtomicInteger NEXT = new AtomicInteger(LoaderNumber.FIRST_OF_OTHERS);
    private static final ReferenceQueue<Object> GONE = new ReferenceQueue<>();
    private static final Map<Key, AtomicReference<int[]>> BY_LOADER = new ConcurrentHashMap<>();
    private static final Map<Integer, Lease> BY_NUMBER = new ConcurrentHashMap<>();
    private static final Set<ClassDesk> DESKS = ConcurrentHashMap.newKeySet();

    /**
     * The lease for each class. Made of the JDK's classes, and a lease is an array, for the same reason: an object of ours
     * would keep our loader alive in the user's class.
     */
    private static final ClassValue<AtomicReference<int[]>> LEASES = new ClassValue<>() {
        @Override
        protected AtomicReference<int[]> computeValue(Class<?> type) {
            return find(type);
        }
    };

    private Loaders() {}

    private static AtomicReference<int[]> fixed(int number) {
        return new AtomicReference<>(new int[] {number});
    }

    // ---- from class to number ---------------------------------------------------------------------------------------

    /** The number of the loader that defines this class. */
    static int numberOf(Class<?> type) {
        return leaseOf(type)[0];
    }

    /** The number of the loader that defines this class, in an array: whoever may say it later keeps that. */
    static int[] leaseOf(Class<?> type) {
        return current(LEASES.get(type));
    }

    private static AtomicReference<int[]> find(Class<?> type) {
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

    /** The same for this loader itself, as far as it is not the library's. */
    static int[] leaseOf(@Nullable ClassLoader loader) {
        if (loader == null || loader == PLATFORM) {
            return current(OF_PLATFORM);
        }
        return current(loader == APP && APP_IS_CLASS_PATH ? OF_APP : cell(loader));
    }

    private static int[] current(AtomicReference<int[]> cell) {
        return Objects.requireNonNull(cell.get()); // as it was made
    }

    private static AtomicReference<int[]> cell(ClassLoader loader) {
        AtomicReference<int[]> known = BY_LOADER.get(new Key(loader, null));
        return known != null ? known : register(loader);
    }

    private static synchronized AtomicReference<int[]> register(ClassLoader loader) {
        AtomicReference<int[]> known = BY_LOADER.get(new Key(loader, null));
        if (known != null) {
            return known; // another thread came first
        }
        Key key = new Key(loader, GONE);
        AtomicReference<int[]> cell = new AtomicReference<>(number(key));
        BY_LOADER.put(key, cell);
        return cell;
    }

    private static int[] number(Key key) {
        int number = NEXT.getAndIncrement();
        if (number == LoaderNumber.FIRST_OF_OTHERS) {
            ServiceThread.of("loky-class-loaders", Loaders::forgetForever).start();
        }
        int[] lease = {number};
        BY_NUMBER.put(number, new Lease(lease, key));
        return lease;
    }

    /** From now on the loader has another number: to workers it is a new one. Tasks on their way go on with the old one. */
    static synchronized void renumber(ClassLoader loader) {
        AtomicReference<int[]> cell = cell(loader);
        Lease old = BY_NUMBER.get(current(cell)[0]);
        if (old != null) {
            cell.set(number(old.key));
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
                    "class loader " + number + " of the parent is gone: nothing there referred to it any more, or its"
                            + " classes were typed anew in a shell");
        }
        return loader;
    }

    private static @Nullable ClassLoader numbered(int number) {
        Lease lease = BY_NUMBER.get(number);
        return lease == null ? null : lease.key.get();
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
                forget(GONE.remove());
            } catch (InterruptedException e) {
                // A user interrupted a thread that is not its own. Loaders end all the same.
                Thread.interrupted();
            } catch (Throwable e) { // OutOfMemoryError: what is kept for this one loader stays; others are to go
                LOG.log(Level.DEBUG, "what is known of a class loader that is gone could not be forgotten", e);
            }
        }
    }

    private static void forget(Reference<?> gone) {
        if (gone instanceof Lease lease) {
            forget(lease.number);
        } else if (gone instanceof Key key) {
            BY_LOADER.remove(key);
            BY_NUMBER.forEach((number, lease) -> {
                if (lease.key.equals(key)) { // the same one: its loader is gone
                    forget(number);
                }
            });
        }
    }

    private static void forget(int number) {
        if (BY_NUMBER.remove(number) != null) {
            Shell.forget(number);
            DESKS.forEach(desk -> desk.forget(number));
        }
    }

    /** A number in use. */
    private static final class Lease extends WeakReference<int[]> {
        private final int number;
        private final Key key;

        Lease(int[] lease, Key key) {
            super(lease, GONE);
            this.number = lease[0];
            this.key = key;
        }
    }

    private static final class Key extends WeakReference<ClassLoader> {
        private final int hash;

        Key(ClassLoader loader, @Nullable ReferenceQueue<Object> queue) {
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
