/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One of the options of a pool: its name, its value as long as nobody sets one, how its value is shown, and what it decides.
 *
 * @param <T> the type of its values
 */
record Option<T>(String name, @Nullable T unset, Function<T, Object> shown, Scope scope)
        implements Comparable<Option<?>> {

    /** What the value of an option decides, and so whether two values can be those of one reusable executor. */
    enum Scope {
        /** What workers are, or what a task means there: a pool with another value is another pool. */
        KIND,

        /** The same, by an object that workers get a copy of: two objects whose copies are the same are the same. */
        SENT,

        /** How many workers there are, and how long: a running pool can be told another value. */
        SIZE,

        /** What one call of {@link Loky#getReusableExecutor(ProcessPoolOptions)} does; nothing about a pool. */
        CALL
    }

    /** One that has this value unless another is set. */
    static <T> Option<T> of(String name, T unset) {
        return new Option<>(name, unset, value -> value, Scope.KIND);
    }

    /** One that has no value unless one is set. */
    static <T> Option<T> of(String name) {
        return new Option<>(name, null, value -> value, Scope.KIND);
    }

    /** The same, with values that show as what the function makes of them: a secret stays out of logs. */
    Option<T> shownAs(Function<T, Object> function) {
        return new Option<>(name, unset, function, scope);
    }

    /** The same, in this scope. */
    Option<T> in(Scope other) {
        return new Option<>(name, unset, shown, other);
    }

    @Override
    public int compareTo(Option<?> other) {
        return name.compareTo(other.name);
    }

    /** By name: the functions of two options are never compared. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Option<?> that && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
