/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

import io.loky.internal.codec.jdk.InternalsClosedException;
import io.loky.internal.codec.jdk.JdkInternals;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What all code of a JVM shares and a task can change for those after it, as it is at one moment. */
final class Surroundings {
    /** A task that has shut its executor down has not left its threads behind; they need a moment. */
    private static final long LAST_STEPS_MILLIS = 50;

    /** More names than these tell nobody more. */
    private static final int SHOWN = 10;

    private static final int LONGEST_NAME = 100;

    /** The JDK keeps the name of the default time zone there, when that is first asked for. */
    private static final String TIME_ZONE_PROPERTY = "user.timezone";

    /** Names of properties that the JDK sets itself, when fonts or images are first used, or a recording begins. */
    private static final Pattern OF_THE_JDK = Pattern.compile("(sun|java[.]awt|jdk[.]jfr)[.].*");

    /** A pool inside of a task adds a hook, once for this JVM, that is for all the pools after it. */
    private static final String POOLS = "io.loky.internal.parent.";

    private final TimeZone timeZone = TimeZone.getDefault();
    private final List<Locale> locales = List.of(
            Locale.getDefault(), Locale.getDefault(Locale.Category.DISPLAY), Locale.getDefault(Locale.Category.FORMAT));

    /** Values are often secrets: they are compared, and never told. */
    private final Map<Object, Object> properties = new HashMap<>(System.getProperties());

    private final InputStream in = System.in;
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final List<String> providers =
            Arrays.stream(Security.getProviders()).map(Provider::getName).toList();
    private final Thread.@Nullable UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
    private final Set<Thread> threads = liveThreads();
    private final Set<Thread> hooks = shutdownHooks();

    private Surroundings() {
        properties.remove(TIME_ZONE_PROPERTY);
    }

    static Surroundings now() {
        return new Surroundings();
    }

    /** What is other than before, in words; empty if nothing is. */
    List<String> differencesTo(Surroundings before) {
        List<String> changes = new ArrayList<>();
        if (!timeZone.equals(before.timeZone)) {
            changes.add("default time zone: " + before.timeZone.getID() + " became " + timeZone.getID());
        }
        if (!locales.equals(before.locales)) {
            changes.add("default locale: " + tags(before.locales) + " became " + tags(locales));
        }
        if (!properties.equals(before.properties)) {
            Set<Object> keys = new HashSet<>(properties.keySet());
            keys.addAll(before.properties.keySet());
            keys.removeIf(key ->
                    Objects.equals(properties.get(key), before.properties.get(key)) || before.isNewOfTheJdk(key));
            add(changes, "system properties", keys, String::valueOf);
        }
        addIf(in != before.in, "System.in", changes);
        addIf(out != before.out, "System.out", changes);
        addIf(err != before.err, "System.err", changes);
        add(changes, "threads that are not daemons", alive(without(threads, before.threads)), Thread::getName);
        add(changes, "shutdown hooks", without(hooks, before.hooks), Thread::getName);
        if (!providers.equals(before.providers)) {
            changes.add("security providers: " + providers);
        }
        addIf(handler != before.handler, "default handler of uncaught exceptions", changes);
        return changes;
    }

    private boolean isNewOfTheJdk(Object property) {
        return !properties.containsKey(property)
                && OF_THE_JDK.matcher(property.toString()).matches();
    }

    private static String tags(List<Locale> locales) {
        return locales.stream().map(Locale::toLanguageTag).distinct().collect(Collectors.joining("/"));
    }

    private static void addIf(boolean changed, String what, List<String> changes) {
        if (changed) {
            changes.add(what);
        }
    }

    private static <T> void add(List<String> changes, String what, Collection<T> found, Function<T, String> name) {
        if (!found.isEmpty()) {
            Set<String> names = new TreeSet<>();
            found.forEach(each -> names.add(printable(name.apply(each))));
            String shown = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
            changes.add(what + ": " + shown + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : ""));
        }
    }

    /** It goes into a log, and the user's data may be in it. */
    private static String printable(String name) {
        String cut = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) + "..." : name;
        return cut.replaceAll("\\p{Cntrl}", "?");
    }

    private static Set<Thread> without(Set<Thread> all, Set<Thread> known) {
        Set<Thread> rest = new HashSet<>(all);
        rest.removeAll(known);
        return rest;
    }

    private static Set<Thread> liveThreads() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        for (ThreadGroup parent = root.getParent(); parent != null; parent = parent.getParent()) {
            root = parent;
        }
        Thread[] all = new Thread[root.activeCount() + 16];
        int count = root.enumerate(all);
        while (count == all.length) { // as many as fit, so perhaps not all
            all = new Thread[2 * all.length];
            count = root.enumerate(all);
        }
        return Arrays.stream(all, 0, count).filter(thread -> !thread.isDaemon()).collect(Collectors.toSet());
    }

    /** A task, or a thread that it has left behind, may interrupt this one meanwhile: they have their moment nevertheless. */
    private static Set<Thread> alive(Set<Thread> found) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAST_STEPS_MILLIS);
        for (Thread thread : found) {
            for (long left = 1; left > 0 && thread.isAlive(); left = deadline - System.nanoTime()) {
                try {
                    thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
                } catch (InterruptedException e) {
                    // The loop looks at the clock.
                }
            }
        }
        found.removeIf(thread -> !thread.isAlive());
        return found;
    }

    /** Those of the user's code; none where the JDK lets nobody look. */
    private static Set<Thread> shutdownHooks() {
        Map<?, ?> all = Hooks.ALL;
        if (all == null) {
            return Set.of();
        }
        synchronized (Hooks.OWNER) { // it changes its map under this lock
            return all.keySet().stream()
                    .map(Thread.class::cast)
                    .filter(Surroundings::isOfUser)
                    .collect(Collectors.toSet());
        }
    }

    /** The JDK adds hooks of its own, when one first logs, say, or records events. */
    private static boolean isOfUser(Thread hook) {
        Object code = hook.getClass() == Thread.class ? Hooks.codeOf(hook) : hook;
        if (code == null) {
            return true;
        }
        ClassLoader loader = code.getClass().getClassLoader();
        return loader != null
                && loader != ClassLoader.getPlatformClassLoader()
                && !code.getClass().getName().startsWith(POOLS);
    }

    /** Where the JDK keeps them. It drops the map when this JVM exits, which makes no difference here. */
    private static final class Hooks {
        /** Of the JDK. Before it a thread keeps what it runs itself. */
        private static final int FIRST_WITH_HOLDERS = 19;

        static final Class<?> OWNER = owner();
        static final @Nullable Map<?, ?> ALL = all();
        static final @Nullable MethodHandle CODE = code();

        private static Class<?> owner() {
            try {
                return Class.forName("java.lang.ApplicationShutdownHooks");
            } catch (ClassNotFoundException e) {
                return Void.class; // a JDK that keeps them elsewhere
            }
        }

        private static @Nullable Map<?, ?> all() {
            try {
                return (Map<?, ?>) JdkInternals.get()
                        .in(OWNER)
                        .findStaticVarHandle(OWNER, "hooks", IdentityHashMap.class)
                        .get();
            } catch (ReflectiveOperationException | InternalsClosedException | IllegalArgumentException e) {
                return null;
            }
        }

        /** What a thread of no class of its own would run; null where nobody may look, or nothing. */
        static @Nullable Object codeOf(Thread hook) {
            try {
                return CODE == null ? null : CODE.invoke(hook);
            } catch (Throwable e) { // a field was read: nothing but the JVM itself fails here
                return null;
            }
        }

        private static @Nullable MethodHandle code() {
            try {
                Lookup threads = JdkInternals.get().in(Thread.class);
                if (Runtime.version().feature() < FIRST_WITH_HOLDERS) {
                    return threads.findGetter(Thread.class, "target", Runnable.class);
                }
                Class<?> holder = Class.forName("java.lang.Thread$FieldHolder");
                return MethodHandles.filterReturnValue(
                        threads.findGetter(Thread.class, "holder", holder),
                        threads.findGetter(holder, "task", Runnable.class));
            } catch (ReflectiveOperationException | InternalsClosedException e) {
                return null;
            }
        }
    }
}
