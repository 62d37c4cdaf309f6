/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.reuse;

import io.loky.internal.context.CurrentContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What makes the workers of a pool what they are, and a task there mean what it means. Whoever asks with an equal key can
 * share a pool.
 *
 * <p>That is what the user has said, but for the sizes; and of this JVM the class path and the Java home, which each worker
 * takes over as they are when it starts, and which a program can change by {@code System.setProperty}: it wants other workers
 * then. Nothing else that a worker takes from this JVM can change while it runs (environment, flags of its command line), and
 * class loaders are an affair of each task, which names them.
 *
 * <p>Where tasks run on threads of this JVM, a task that asks has a pool of another level, as one in a worker process would: in
 * that of its own thread it might wait for itself.
 *
 * @param options by name, those that are not at their default; {@link AsSent} where the copies in the workers count
 */
public record PoolKey(Map<String, Object> options, String classPath, String javaHome, int level) {

    /**
     * @param asTheyAre what is compared by {@code equals}
     * @param asSent what workers get copies of
     */
    public static PoolKey of(Map<String, Object> asTheyAre, Map<String, Object> asSent) {
        Map<String, Object> all = new HashMap<>(asTheyAre);
        asSent.forEach((name, value) -> all.put(name, new AsSent(value)));
        return new PoolKey(
                all,
                System.getProperty("java.class.path", ""),
                System.getProperty("java.home", ""),
                CurrentContext.level());
    }

    /** After this no user's code but {@code equals} runs to compare it with others that are ready, too. */
    void makeReady() {
        for (Object value : options.values()) {
            if (value instanceof AsSent sent) {
                sent.encoded();
            }
        }
    }

    /** The names of the options in which this differs from another one. Values are often secrets, and stay out of it. */
    Set<String> differences(PoolKey other) {
        Set<String> names = new TreeSet<>(options.keySet());
        names.addAll(other.options.keySet());
        names.removeIf(name -> Objects.equals(options.get(name), other.options.get(name)));
        return names;
    }

    /** Names only. */
    @Override
    public String toString() {
        return "PoolKey" + new TreeSet<>(options.keySet());
    }
}
