/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.codec.objects.PerClass;
import io.loky.spi.Reducer;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which reducer is for which class. Of those whose type fits, the most specific type wins; where two are unrelated, a class
 * before an interface, and then the one that was registered first.
 */
final class Reducers implements Serializable {
    private static final long serialVersionUID = 1L;
    static final Reducers NONE = new Reducers(List.of());

    /** What recipes consist of themselves when they are lambdas. */
    private static final Set<Class<?>> NEVER = Set.of(String.class, Object[].class, SerializedLambda.class);

    private record Entry(Class<?> type, Reducer<Object> reducer) implements Serializable {}

    private final ArrayList<Entry> entries;

    private final transient PerClass<Optional<Reducer<Object>>> found = new PerClass<>(this::search);

    private Reducers(List<Entry> entries) {
        this.entries = new ArrayList<>(entries);
    }

    @SuppressWarnings("unchecked") // the builder of the options takes only pairs that fit
    static Reducers of(Map<Class<?>, Reducer<?>> reducers) {
        List<Entry> entries = new ArrayList<>();
        reducers.forEach((type, reducer) -> entries.add(new Entry(type, (Reducer<Object>) reducer)));
        return entries.isEmpty() ? NONE : new Reducers(entries);
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    Optional<Reducer<Object>> find(Class<?> type) {
        return entries.isEmpty() ? Optional.empty() : found.get(type);
    }

    private Optional<Reducer<Object>> search(Class<?> type) {
        if (NEVER.contains(type)) {
            return Optional.empty();
        }
        Entry best = null;
        for (Entry entry : entries) {
            if (entry.type.isAssignableFrom(type) && (best == null || isBetter(entry.type, best.type))) {
                best = entry;
            }
        }
        return Optional.ofNullable(best).map(Entry::reducer);
    }

    private static boolean isBetter(Class<?> type, Class<?> best) {
        return best.isAssignableFrom(type)
                || (best.isInterface() && !type.isInterface()); // one that fits is above it, or beside it
    }

    /** With the lookup, which does not travel. */
    private Object readResolve() {
        return new Reducers(entries);
    }
}
