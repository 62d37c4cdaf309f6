/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.io.File;
import java.lang.reflect.Array;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of an argument for the report in case that the worker dies of it: so little that every task can afford it, and
 * nothing for which a method of the user's is called. Small immutable objects of the JDK are kept themselves, and become text only when
 * there is a report; of a size or a type there is a text at once.
 */
public final class ArgumentSketch {
    private static final int MOST_CHARACTERS = 120;

    /** Those whose size is a field of their own; a wrapper would ask the user's collection inside. */
    private static final Set<String> SIZED = Set.of(
            "java.util.ArrayList",
            "java.util.LinkedList",
            "java.util.ArrayDeque",
            "java.util.Arrays$ArrayList",
            "java.util.HashMap",
            "java.util.LinkedHashMap",
            "java.util.TreeMap",
            "java.util.HashSet",
            "java.util.LinkedHashSet",
            "java.util.TreeSet",
            "java.util.ImmutableCollections$ListN",
            "java.util.ImmutableCollections$List12",
            "java.util.ImmutableCollections$SetN",
            "java.util.ImmutableCollections$Set12",
            "java.util.ImmutableCollections$MapN",
            "java.util.ImmutableCollections$Map1");

    /** A text that stands for something else. */
    private record Words(String text) {}

    private ArgumentSketch() {}

    /** Something to keep in place of the argument. */
    public static Object of(@Nullable Object argument) {
        if (argument == null) {
            return new Words("null");
        }
        if (argument instanceof String text) {
            return text.length() <= MOST_CHARACTERS ? text : new Words("a String of " + text.length() + " characters");
        }
        if (argument instanceof Enum<?> constant) {
            return new Words(constant.name()); // not itself: a kept future does not keep the classes of its task
        }
        Class<?> type = argument.getClass();
        if (isSmall(argument, type)) {
            return argument;
        }
        if (type.isArray()) {
            return new Words(type.getComponentType().getTypeName() + "[" + Array.getLength(argument) + "]");
        }
        if (SIZED.contains(type.getName())) {
            int size = argument instanceof Map<?, ?> map ? map.size() : ((Collection<?>) argument).size();
            return new Words("a " + (argument instanceof Map ? "Map" : kind(argument)) + " of " + size);
        }
        return new Words("a " + type.getTypeName());
    }

    private static boolean isSmall(Object argument, Class<?> type) {
        return argument instanceof Integer
                || argument instanceof Long
                || argument instanceof Double
                || argument instanceof Boolean
                || argument instanceof Character
                || argument instanceof Float
                || argument instanceof Short
                || argument instanceof Byte
                || argument instanceof UUID
                || type == File.class
                || type.getName().startsWith("java.time.")
                || type.getName().startsWith("sun.nio.fs.");
    }

    private static String kind(Object collection) {
        return collection instanceof Set ? "Set" : "List";
    }

    /** What was kept, in words. */
    public static String text(Object sketch) {
        if (sketch instanceof Words words) {
            return words.text;
        }
        if (sketch instanceof String text) {
            return '"' + text + '"';
        }
        String text = sketch.toString();
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "...";
    }
}
