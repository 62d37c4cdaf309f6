/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.internal.classfile.MethodSource;
import io.loky.internal.codec.jdk.InternalsClosedException;
import io.loky.internal.codec.jdk.JdkInternals;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * A lambda in the words of its author: where it stands, and what the variables that it captures are called there. Only for
 * messages: what cannot be found out is said in general words, and nothing fails.
 */
final class LambdaSource {
    private final Class<?> type;
    private final @Nullable LambdaShape shape;
    private final @Nullable MethodSource source;

    private LambdaSource(Class<?> type, @Nullable LambdaShape shape, @Nullable MethodSource source) {
        this.type = type;
        this.shape = shape;
        this.source = source;
    }

    static LambdaSource of(Class<?> lambda) {
        LambdaShape shape = null;
        MethodSource source = null;
        try {
            shape = LambdaShape.of(lambda, JdkInternals.get());
            if (isBody(shape)) {
                source = sourceOf(shape);
            }
        } catch (ReflectiveOperationException | InternalsClosedException | IOException | LinkageError e) {
            // general words
        }
        return new LambdaSource(lambda, shape, source);
    }

    /** Whether it has a body of its own, which the compiler has put into a method of the host; else it refers to a method. */
    private static boolean isBody(LambdaShape shape) {
        return shape.owner() == shape.host() && shape.name().startsWith("lambda$");
    }

    private static @Nullable MethodSource sourceOf(LambdaShape shape) throws IOException {
        String file = shape.host().getName();
        String resource = file.substring(file.lastIndexOf('.') + 1) + ".class";
        try (InputStream in = shape.host().getResourceAsStream(resource)) {
            return in == null ? null : MethodSource.of(in.readAllBytes(), shape.name(), shape.descriptor());
        }
    }

    /** Such as {@code the lambda at App.java:18}. */
    String description() {
        if (shape == null) {
            return "a lambda of " + hostOf(type);
        }
        if (!isBody(shape)) {
            return "the method reference " + shape.owner().getSimpleName() + "::" + methodName(shape) + " in "
                    + shape.host().getName();
        }
        if (source == null || source.file() == null) {
            return "a lambda in " + shape.host().getName();
        }
        return "the lambda at " + source.file() + (source.line() == 0 ? "" : ":" + source.line());
    }

    private static String methodName(LambdaShape shape) {
        return shape.name().equals("<init>") ? "new" : shape.name();
    }

    private static String hostOf(Class<?> lambda) {
        String name = lambda.getName();
        int mark = name.indexOf("$$Lambda");
        return mark < 0 ? name : name.substring(0, mark);
    }

    /** Such as {@code captured variable 'client'}. */
    String captured(String field) {
        int number = Integer.parseInt(field.substring(field.indexOf('$') + 1));
        if (shape == null) {
            return "captured value #" + number;
        }
        if (!isBody(shape)) {
            return "the object that it is bound to";
        }
        MethodType captured = MethodType.fromMethodDescriptorString(
                shape.captured(), shape.host().getClassLoader());
        int slot = 0;
        for (int i = 0; i < number - 1; i++) {
            Class<?> before = captured.parameterType(i);
            slot += before == long.class || before == double.class ? 2 : 1;
        }
        String name = source == null ? null : source.variables().get(slot);
        if (name == null) {
            boolean isThis = slot == 0 && shape.kind() != LambdaShape.Kind.STATIC;
            return isThis ? captured("this", shape) : "captured value #" + number;
        }
        return name.equals("this") ? captured(name, shape) : "captured variable '" + name + "'";
    }

    private static String captured(String thisName, LambdaShape shape) {
        return "captured '" + thisName + "' (" + shape.host().getSimpleName() + ")";
    }
}
