/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import java.io.Externalizable;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamField;
import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where serialization loses something without a word: the fields of a superclass that is not Serializable itself. They come
 * back as that superclass's constructor without arguments leaves them; and where it has none, nothing comes back.
 *
 * <p>Such objects travel as a {@link Surrogate}, but only where that is certain to be meant: all of the classes up to the
 * one in question are the user's, and none of them has a serialized form of its own making.
 */
final class SerialForm {
    private static final Map<String, List<Class<?>>> OWN_FORM = Map.of(
            "writeObject", List.of(ObjectOutputStream.class),
            "readObject", List.of(ObjectInputStream.class),
            "readObjectNoData", List.of(),
            "writeReplace", List.of(),
            "readResolve", List.of());

    private SerialForm() {}

    /** Whether an object of this Serializable class would come back without the state of a superclass, or not at all. */
    static boolean losesState(Class<?> type) {
        if (type.isRecord()
                || JdkClasses.isJdk(type)
                || type.isHidden()
                || Externalizable.class.isAssignableFrom(type)) {
            return false;
        }
        Class<?> level = type;
        while (Serializable.class.isAssignableFrom(level)) {
            if (JdkClasses.isJdk(level) || hasOwnForm(level)) {
                return false;
            }
            level = level.getSuperclass();
        }
        if (JdkClasses.isJdk(level)) {
            return false; // Object, or what the JDK's own rules are for
        }
        if (!hasUsableConstructor(level, type)) {
            return true;
        }
        for (Class<?> lost = level; !JdkClasses.isJdk(lost); lost = lost.getSuperclass()) {
            if (hasOwnForm(lost)) {
                return false; // a superclass may offer these for its subclasses to inherit
            }
            if (!ObjectForm.ownState(lost).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasOwnForm(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                        .anyMatch(method -> List.of(method.getParameterTypes()).equals(OWN_FORM.get(method.getName())))
                || Arrays.stream(type.getDeclaredFields())
                        .anyMatch(field -> field.getName().equals("serialPersistentFields")
                                && field.getType() == ObjectStreamField[].class);
    }

    /** The rule of the JDK's object stream for the constructor of the first superclass that is not Serializable. */
    private static boolean hasUsableConstructor(Class<?> superclass, Class<?> type) {
        try {
            int modifiers = superclass.getDeclaredConstructor().getModifiers();
            return Modifier.isPublic(modifiers)
                    || Modifier.isProtected(modifiers)
                    || (!Modifier.isPrivate(modifiers)
                            && superclass.getClassLoader() == type.getClassLoader()
                            && superclass.getPackageName().equals(type.getPackageName()));
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    /** Why objects with this superclass, which belongs to the JDK, cannot be made anew; null if they can. */
    static @Nullable String obstacleInBase(Class<?> base) {
        for (Class<?> level = base; level != Object.class; level = level.getSuperclass()) {
            if (!ObjectForm.ownState(level).isEmpty()) {
                return "it extends " + level.getName() + ", whose state the JDK keeps to itself";
            }
        }
        try {
            Constructor<?> constructor = base.getDeclaredConstructor();
            if ((constructor.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0) {
                return null;
            }
        } catch (NoSuchMethodException e) {
            // said below
        }
        return "it extends " + base.getName() + ", which has no constructor without arguments";
    }
}
