/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.internal.codec.jdk.InternalsClosedException;
import io.loky.internal.codec.jdk.JdkInternals;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What an object would take along if it were sent. */
public final class References {
    private static final ClassValue<List<Field>> FIELDS = new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
            return referenceFields(type);
        }
    };

    private References() {}

    /** Whether objects of this class refer to nothing that could be of interest. */
    public static boolean isLeaf(Class<?> type) {
        return type == String.class
                || type == Class.class
                || type.isEnum()
                || Enum.class.isAssignableFrom(type)
                || (Number.class.isAssignableFrom(type) && JdkClasses.isJdk(type))
                || type == Boolean.class
                || type == Character.class
                || (type.isArray() && type.getComponentType().isPrimitive())
                || type.getPackageName().equals("java.time");
    }

    /**
     * Gives the sink each object that this one would take along, under a name: a field's, {@code [3]} in an array or a
     * collection, {@code keys[3]} and {@code values[3]} in a map, or {@code [name]} where a map's key is a text, a number or
     * an enum constant. Calls no code of the user's but that of collections and maps. What cannot be looked into without the
     * JDK's internals is left out.
     *
     * @param sink gets a name, and the object or null
     */
    public static void of(Object object, BiConsumer<String, @Nullable Object> sink) {
        if (isLeaf(object.getClass())) {
            return;
        }
        if (object instanceof Object[] array) {
            elements("", Arrays.asList(array), sink);
        } else if (object instanceof Collection<?> collection && JdkClasses.isJdk(object.getClass())) {
            elements("", new ArrayList<>(collection), sink);
            fields(object, sink); // a comparator, for instance
        } else if (object instanceof Map<?, ?> map && JdkClasses.isJdk(object.getClass())) {
            int i = 0;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                Object key = entry.getKey();
                sink.accept("keys[" + i + "]", key);
                boolean tells = key instanceof String || key instanceof Number || key instanceof Enum;
                sink.accept(tells ? "[" + key + "]" : "values[" + i + "]", entry.getValue());
                i++;
            }
            fields(object, sink);
        } else if (Proxy.isProxyClass(object.getClass())) {
            sink.accept("handler", Proxy.getInvocationHandler(object));
        } else {
            fields(object, sink);
        }
    }

    private static void elements(String name, List<?> elements, BiConsumer<String, @Nullable Object> sink) {
        for (int i = 0; i < elements.size(); i++) {
            sink.accept(name + "[" + i + "]", elements.get(i));
        }
    }

    private static void fields(Object object, BiConsumer<String, @Nullable Object> sink) {
        for (Field field : FIELDS.get(object.getClass())) {
            try {
                sink.accept(field.getName(), field.get(object));
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e); // it was opened
            }
        }
    }

    /** Of the user's classes all that are not transient, and of the JDK's those that are neither transient nor part of a view. */
    private static List<Field> referenceFields(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> level = type; level != null; level = level.getSuperclass()) {
            // an own form of the JDK's may well write what is transient, but says so in its collections only
            boolean travels =
                    !JdkClasses.isJdk(level) || Serializable.class.isAssignableFrom(level) || JdkClasses.isValue(level);
            if (travels || level.getName().startsWith("java.util.Optional")) {
                addFields(level, fields);
            }
        }
        return fields;
    }

    private static void addFields(Class<?> level, List<Field> fields) {
        List<Field> own = Arrays.stream(level.getDeclaredFields())
                .filter(field -> !field.getType().isPrimitive())
                .filter(field -> (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0)
                .sorted(Comparator.comparing(Field::getName))
                .toList();
        for (Field field : own) {
            try {
                JdkInternals.open(field);
                fields.add(field);
            } catch (InternalsClosedException e) {
                // left out, as promised
            }
        }
    }
}
