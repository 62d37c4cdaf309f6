/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.internal.codec.jdk.Instantiator;
import io.loky.internal.codec.jdk.JdkInternals;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the objects of one class are taken apart into the values of their fields, and put together again. What is
 * {@code transient} stays behind, as it does with serialization. Thread-safe.
 *
 * <p>An ordinary object is made without running a constructor of the user's, and then gets its values; a superclass that
 * belongs to the JDK runs its own constructor, since what it holds cannot be known. A record gets its values by its
 * canonical constructor.
 */
abstract class ObjectForm {
    private static final PerClass<ObjectForm> FORMS =
            new PerClass<>(type -> type.isRecord() ? new OfRecord(type) : new OfObject(type));

    final Class<?> type;
    final FieldAccess[] fields;

    private ObjectForm(Class<?> type, List<Field> fields) {
        this.type = type;
        this.fields = FieldAccess.of(fields.toArray(Field[]::new));
    }

    /**
     * @throws io.loky.internal.codec.jdk.InternalsClosedException if the class is in a module that is closed
     */
    static ObjectForm of(Class<?> type) {
        return FORMS.get(type);
    }

    /** Two sides with the same number have the same fields in the same order. */
    final int fingerprint() {
        return Arrays.hashCode(fields);
    }

    final void write(Object object, ObjectOutputStream out) throws IOException {
        for (FieldAccess field : fields) {
            field.write(object, out);
        }
    }

    /** Reads what {@link #write} wrote. */
    abstract Object read(ObjectInputStream in, StandIn.Place place) throws IOException, ClassNotFoundException;

    /**
     * The superclass whose constructor makes the objects of this class: the nearest that belongs to the JDK; for a class of the
     * JDK, which is then a value, Object.
     */
    static Class<?> base(Class<?> type) {
        if (JdkClasses.isJdk(type)) {
            return Object.class;
        }
        Class<?> base = type;
        while (!JdkClasses.isJdk(base)) {
            base = base.getSuperclass();
        }
        return base;
    }

    /**
     * The fields that make up the state of an object, those of superclasses included, in an order that never changes. What an
     * object is told by comes before the collections that it is in: these ask it for its hash code, or compare it.
     */
    static List<Field> stateOf(Class<?> type) {
        Class<?> end = base(type);
        List<Field> all = new ArrayList<>();
        for (Class<?> level = type; level != null && level != end; level = level.getSuperclass()) {
            all.addAll(ownState(level));
        }
        all.sort(Comparator.comparingInt(ObjectForm::rank));
        return all;
    }

    private static int rank(Field field) {
        Class<?> type = field.getType();
        if (type.isPrimitive() || References.isLeaf(type)) {
            return 0;
        }
        return Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type) ? 2 : 1;
    }

    static List<Field> ownState(Class<?> level) {
        return Arrays.stream(level.getDeclaredFields())
                .filter(field ->
                        !Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers()))
                .filter(field -> !JdkClasses.staysBehind(field))
                .sorted(Comparator.comparing(Field::getName))
                .toList();
    }

    private static final class OfObject extends ObjectForm {
        private final Constructor<?> constructor;

        OfObject(Class<?> type) {
            super(type, stateOf(type));
            try {
                constructor = Instantiator.forSerialization(type, base(type).getDeclaredConstructor());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(
                        "no way to make objects of " + type.getName()
                                + " without calling their constructor; does this runtime have the module jdk.unsupported?",
                        e);
            }
        }

        @Override
        Object read(ObjectInputStream in, StandIn.Place place) throws IOException, ClassNotFoundException {
            Object object;
            try {
                object = constructor.newInstance();
            } catch (ReflectiveOperationException e) {
                throw invalid("cannot be made: ", e);
            }
            place.is(object);
            for (FieldAccess field : fields) {
                field.read(object, in);
            }
            return object;
        }
    }

    private static final class OfRecord extends ObjectForm {
        private final Constructor<?> canonical;

        OfRecord(Class<?> type) {
            super(type, components(type));
            try {
                canonical = type.getDeclaredConstructor(Arrays.stream(type.getRecordComponents())
                        .map(RecordComponent::getType)
                        .toArray(Class<?>[]::new));
                JdkInternals.open(canonical);
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException(type + " has no canonical constructor", e);
            }
        }

        private static List<Field> components(Class<?> type) {
            List<Field> fields = new ArrayList<>();
            for (RecordComponent component : type.getRecordComponents()) {
                try {
                    fields.add(type.getDeclaredField(component.getName()));
                } catch (NoSuchFieldException e) {
                    throw new IllegalStateException(component + " of " + type + " has no field", e);
                }
            }
            return fields;
        }

        @Override
        Object read(ObjectInputStream in, StandIn.Place place) throws IOException, ClassNotFoundException {
            @Nullable Object[] values = new @Nullable Object[fields.length];
            for (int i = 0; i < fields.length; i++) {
                values[i] = fields[i].read(in);
            }
            try {
                return canonical.newInstance(values);
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                throw invalid("refuses the values that it had: ", e);
            }
        }
    }

    final InvalidObjectException invalid(String what, Exception reason) {
        Throwable cause =
                reason instanceof InvocationTargetException && reason.getCause() != null ? reason.getCause() : reason;
        InvalidObjectException invalid = new InvalidObjectException(
                "a " + type.getName() + " " + what + cause.getClass().getName());
        invalid.initCause(cause);
        return invalid;
    }
}
