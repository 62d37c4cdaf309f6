/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The values of options. One that is set to what it is anyway counts as not set, so that equality is that of what the values
 * do. Not thread-safe while it is changed.
 */
final class OptionValues {
    private final Map<Option<?>, Object> set;

    OptionValues() {
        set = new TreeMap<>();
    }

    OptionValues(OptionValues others) {
        set = new TreeMap<>(others.set);
    }

    <T> void set(Option<T> option, T value) {
        if (value.equals(option.unset())) {
            set.remove(option);
        } else {
            set.put(option, value);
        }
    }

    /** As if it had never been set. */
    void unset(Option<?> option) {
        set.remove(option);
    }

    /** The value of an option that always has one. */
    <T> T get(Option<T> option) {
        return find(option).orElseThrow();
    }

    /** The value of an option that may have none. */
    @SuppressWarnings("unchecked") // set() takes only values of the option's type
    <T> Optional<T> find(Option<T> option) {
        return Optional.ofNullable((T) set.getOrDefault(option, option.unset()));
    }

    /** What was set in this scope, by name. */
    Map<String, Object> in(Option.Scope scope) {
        Map<String, Object> found = new HashMap<>();
        set.forEach((option, value) -> {
            if (option.scope() == scope) {
                found.put(option.name(), value);
            }
        });
        return found;
    }

    /** Refuses values for options that cannot be honoured. */
    void refuse(List<Option<?>> options, String why) {
        for (Option<?> option : options) {
            if (set.containsKey(option)) {
                throw new IllegalArgumentException(
                        option.name() + " must not be set " + why + ", got " + shown(option));
            }
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OptionValues that && set.equals(that.set);
    }

    @Override
    public int hashCode() {
        return set.hashCode();
    }

    /** What was set, by name. */
    @Override
    public String toString() {
        return set.keySet().stream().map(this::shown).collect(Collectors.joining(", "));
    }

    private <T> String shown(Option<T> option) {
        return option.name() + "=" + Objects.requireNonNull(option.shown().apply(get(option)), option.name());
    }
}
