/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.codec.jdk.InternalsClosedException;
import io.loky.internal.codec.jdk.JdkInternals;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lists that the JDK makes for {@code Arrays.asList}, {@code List.of} and {@code Stream.toList}, whose classes have no
 * names that a program could write. Where the JDK is closed, it cannot be told what some of them are: those are not known then.
 */
final class JdkLists {
    /** Backed by an array, whose type decides what can be put into it. */
    static final Class<?> AS_LIST = Arrays.asList().getClass();

    /** Of one or two elements. */
    static final Class<?> SHORT = List.of(1).getClass();

    /** Of any number; of what {@code Stream.toList} makes too. */
    static final Class<?> LONG = List.of().getClass();

    /** Asked for when such a list comes: to look into the JDK costs a JVM some tens of milliseconds, once. */
    private static volatile @Nullable Field array;

    private static volatile @Nullable Field allowsNulls;

    private JdkLists() {}

    /** Null where the JDK is closed, as long as it is; or where it is another one. Such lists go the long way. */
    private static @Nullable Field find(Class<?> type, String name) {
        if (JdkInternals.obstacle() != null) {
            return null;
        }
        try {
            Field field = type.getDeclaredField(name);
            JdkInternals.open(field);
            return field;
        } catch (NoSuchFieldException | InternalsClosedException e) {
            return null;
        }
    }

    /** The array behind an {@link #AS_LIST}; null if it cannot be had. */
    static @Nullable Object arrayOf(Object list) {
        Field field = array;
        if (field == null) {
            field = find(AS_LIST, "a");
            array = field;
        }
        return valueOf(field, list);
    }

    /** Whether a {@link #LONG} list may be asked for null; null if that cannot be known. */
    static @Nullable Object allowsNulls(Object list) {
        Field field = allowsNulls;
        if (field == null) {
            field = find(LONG, "allowNulls");
            allowsNulls = field;
        }
        return valueOf(field, list);
    }

    private static @Nullable Object valueOf(@Nullable Field field, Object list) {
        try {
            return field == null ? null : field.get(list);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e); // it was opened
        }
    }

    /** As {@code Stream.toList} makes it. */
    static List<@Nullable Object> ofStream(@Nullable Object[] elements) {
        return Stream.of(elements).toList();
    }
}
