/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.Wrapped;
import io.loky.internal.codec.jdk.InternalsClosedException;
import io.loky.internal.codec.jdk.JdkInternals;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What an object would take along if it were sent. */
public final class References {
    // The values are of the JDK's: those of ours would keep our loader alive in the classes that are asked about.

    private static final ClassValue<List<Field>> FIELDS = new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
            return referenceFields(type, 0);
        }
    };

    /** Of the user's classes only. */
    private static final ClassValue<List<Field>> TRANSIENT_FIELDS = new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
            return referenceFields(type, Modifier.TRANSIENT);
        }
    };

    /** The list that holds one element and pretends to hold up to two billion. */
    private static final Class<?> COPIES = Collections.nCopies(2, "x").getClass();

    private static final int LONGEST_KEY = 60;

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
     * collection, {@code keys[3]} and {@code values[3]} in a map, or {@code [name]} where a map's key is a short text, a
     * number or an enum constant. What a lambda captures is called {@code arg$1}, {@code arg$2} and so on. Calls no code of the
     * user's but that of handles and of what is in collections and maps of the JDK. What cannot be looked into without the
     * JDK's internals is left out; so is an element that is the same object as the one before it.
     *
     * @param most of the elements of one array, collection or map
     * @param sink gets a name, and the object or null
     */
    public static void of(Object object, int most, BiConsumer<String, @Nullable Object> sink) {
        if (isLeaf(object.getClass())) {
            return;
        }
        if (object.getClass() == COPIES) {
            elements((Collection<?>) object, 1, sink);
        } else if (object instanceof Object[] array) {
            elements(Arrays.asList(array), most, sink);
        } else if (object instanceof Collection<?> collection && JdkClasses.isJdk(object.getClass())) {
            elements(collection, most, sink);
            fields(object, sink); // a comparator, for instance
        } else if (object instanceof Map<?, ?> map && JdkClasses.isJdk(object.getClass())) {
            entries(map, most, sink);
            fields(object, sink);
        } else if (Proxy.isProxyClass(object.getClass())) {
            sink.accept("handler", Proxy.getInvocationHandler(object));
        } else if (object instanceof Wrapped<?> handle) {
            sink.accept("get()", handle.get());
        } else {
            fields(object, sink);
        }
    }

    /** The same without a limit, and with what an own form of a user's class may have left in there. */
    static void ofAll(Object object, BiConsumer<String, @Nullable Object> sink) {
        of(object, Integer.MAX_VALUE, sink);
        if (!isLeaf(object.getClass()) && !JdkClasses.isJdk(object.getClass())) {
            fields(object, TRANSIENT_FIELDS.get(object.getClass()), sink);
            if (object instanceof Collection<?> collection) {
                elements(collection, Integer.MAX_VALUE, sink);
            } else if (object instanceof Map<?, ?> map) {
                entries(map, Integer.MAX_VALUE, sink);
            }
        }
    }

    /** One after the other, not copied: a list of the JDK may have two billion elements without taking any room. */
    private static void elements(Collection<?> elements, int most, BiConsumer<String, @Nullable Object> sink) {
        Object before = elements; // is none of the elements, or has been seen
        int i = 0;
        for (Object element : elements) {
            if (i == most) {
                return;
            }
            if (element != before) {
                sink.accept("[" + i + "]", element);
                before = element;
            }
            i++;
        }
    }

    private static void entries(Map<?, ?> map, int most, BiConsumer<String, @Nullable Object> sink) {
        int i = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (i == most) {
                return;
            }
            Object key = entry.getKey();
            sink.accept("keys[" + i + "]", key);
            sink.accept(nameOfValue(key, i), entry.getValue());
            i++;
        }
    }

    private static String nameOfValue(@Nullable Object key, int position) {
        if (key instanceof String text && text.length() <= LONGEST_KEY) {
            return "[" + text + "]";
        }
        if (key instanceof Integer || key instanceof Long) {
            return "[" + key + "]";
        }
        return key instanceof Enum<?> constant ? "[" + constant.name() + "]" : "values[" + position + "]";
    }

    private static void fields(Object object, BiConsumer<String, @Nullable Object> sink) {
        fields(object, FIELDS.get(object.getClass()), sink);
    }

    private static void fields(Object object, List<Field> fields, BiConsumer<String, @Nullable Object> sink) {
        for (Field field : fields) {
            try {
                sink.accept(field.getName(), field.get(object));
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e); // it was opened
            }
        }
    }

    /** Of the user's classes all, and of the JDK's those that are not part of a view; either transient ones, or the others. */
    private static List<Field> referenceFields(Class<?> type, int isTransient) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> level = type; level != null; level = level.getSuperclass()) {
            // an own form of the JDK's may well write what is transient, but says so in its collections only
            boolean jdk = JdkClasses.isJdk(level);
            boolean travels = !jdk || Serializable.class.isAssignableFrom(level) || JdkClasses.isValue(level);
            if (jdk && isTransient != 0) {
                continue;
            }
            if (travels || level.getName().startsWith("java.util.Optional")) {
                addFields(level, isTransient, fields);
            }
        }
        return fields;
    }

    private static void addFields(Class<?> level, int isTransient, List<Field> fields) {
        List<Field> own = Arrays.stream(level.getDeclaredFields())
                .filter(field -> !field.getType().isPrimitive())
                .filter(field -> (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == isTransient)
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
