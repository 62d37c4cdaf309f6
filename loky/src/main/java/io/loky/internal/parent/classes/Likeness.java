/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import io.loky.internal.classfile.ClassShape;
import io.loky.internal.codec.jdk.InternalsClosedException;
import io.loky.internal.codec.jdk.JdkInternals;
import java.io.IOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether a class was made from a file, as far as the JVM still shows. A loader may know several files by one name: that of
 * the loader above, whose class it has replaced; or the one as it was before the loader has changed it.
 *
 * <p>An agent that changes each class, such as one that measures coverage, adds members that are synthetic. That does not
 * count: the worker has its own agents. The names of lambdas count, since each version of a source has its own.
 */
final class Likeness {
    private static final String LAMBDA = "lambda$";

    private Likeness() {}

    /**
     * In what they differ; null if they do not, or only where it cannot be seen.
     *
     * @throws IOException if it is not a class file
     */
    static @Nullable String difference(Class<?> type, byte[] bytes) throws IOException {
        ClassShape file = ClassShape.of(bytes);
        if (!file.name().equals(type.getName())) {
            return "it is the file of " + file.name();
        }
        Class<?> above = type.isInterface() ? Object.class : type.getSuperclass();
        if (!Objects.equals(file.superclass(), above == null ? null : above.getName())) {
            return "it extends " + file.superclass();
        }
        Set<String> interfaces =
                Arrays.stream(type.getInterfaces()).map(Class::getName).collect(Collectors.toSet());
        if (!file.interfaces().equals(interfaces)) {
            return "its interfaces are " + file.interfaces() + " and not " + interfaces;
        }
        String members = membersDifference(type, file);
        return members != null ? members : textsDifference(type, file);
    }

    private static @Nullable String membersDifference(Class<?> type, ClassShape file) {
        Set<String> members = new LinkedHashSet<>();
        Set<String> optional = new LinkedHashSet<>();
        try {
            for (Field field : type.getDeclaredFields()) {
                (field.isSynthetic() ? optional : members)
                        .add(field.getName() + " " + field.getType().descriptorString());
            }
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                (constructor.isSynthetic() ? optional : members)
                        .add("<init>" + descriptor(void.class, constructor.getParameterTypes()));
            }
            for (Method method : type.getDeclaredMethods()) {
                (method.isSynthetic() && !method.getName().startsWith(LAMBDA) ? optional : members)
                        .add(method.getName() + descriptor(method.getReturnType(), method.getParameterTypes()));
            }
        } catch (LinkageError e) {
            return null; // a class that one of them needs is not there: an optional dependency. Then nobody can look
        }
        for (String member : file.members()) {
            if (!members.remove(member) && !optional.contains(member)) {
                return "it has the member " + member + ", and the class has not";
            }
        }
        return members.isEmpty()
                ? null
                : "it does not have the member " + members.iterator().next() + " of the class";
    }

    private static String descriptor(Class<?> result, Class<?>[] parameters) {
        return MethodType.methodType(result, parameters).toMethodDescriptorString();
    }

    /** The JVM keeps the texts of a class, and more where an agent or a debugger has changed it. */
    private static @Nullable String textsDifference(Class<?> type, ClassShape file) {
        if (file.texts().isEmpty()) {
            return null;
        }
        Set<String> texts;
        try {
            texts = JdkInternals.get().lambdaPool().texts(type);
        } catch (InternalsClosedException e) {
            return null;
        }
        boolean kept = texts.contains(type.getName().replace('.', '/')); // not by all JVMs
        return !kept || texts.containsAll(file.texts()) ? null : "it has other texts than the class";
    }
}
