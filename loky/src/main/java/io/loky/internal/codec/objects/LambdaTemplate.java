/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.internal.codec.jdk.InternalsClosedException;
import io.loky.internal.codec.jdk.JdkInternals;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is the same for all lambdas of one class, found out once: their {@link LambdaDescription}, and how to get at what
 * they capture. A lambda is sent as these bytes and the values that it captures; who receives it finds what it has made of
 * the same bytes before, see {@link LambdaTable}. Thread-safe.
 *
 * <p>The bytes name classes without their loaders: these are said with each message, since a loader may get another number,
 * and a task keeps those that it has mentioned.
 */
public final class LambdaTemplate {
    private static final PerClass<Known> KNOWN = new PerClass<>(Known::new);

    private final List<Class<?>> classes;
    private final byte[] description;
    private final int hash;
    private final Field[] fields;

    private LambdaTemplate(List<Class<?>> classes, byte[] description, Field[] fields) {
        this.classes = classes;
        this.description = description;
        this.hash = LambdaTable.hash(description, 0, description.length);
        this.fields = fields;
    }

    /** What has been found out about a class, as soon as there was a lambda of it to ask. */
    private static final class Known {
        private final boolean isLambda;
        private boolean hopeless;
        private volatile @Nullable LambdaTemplate template;

        Known(Class<?> type) {
            this.isLambda = LambdaShape.isLambda(type);
        }

        @Nullable
        LambdaTemplate of(Object lambda) {
            LambdaTemplate known = template;
            return known != null || !isLambda ? known : ask(lambda);
        }

        private synchronized @Nullable LambdaTemplate ask(Object lambda) {
            if (template == null && !hopeless) {
                try {
                    template = find(lambda);
                } catch (InternalsClosedException e) {
                    return null; // it goes the long way, which says what is wrong; an agent may come later
                } catch (ReflectiveOperationException | IOException | RuntimeException | LinkageError e) {
                    hopeless = true; // a lambda of another make
                }
            }
            return template;
        }

        private static LambdaTemplate find(Object lambda) throws ReflectiveOperationException, IOException {
            Class<?> type = lambda.getClass();
            Field[] fields = LambdaShape.fieldsOf(type);
            for (Field field : fields) {
                JdkInternals.open(field);
            }
            if (lambda instanceof Serializable) {
                SerializedShape shape = SerializedShape.of(lambda);
                return new LambdaTemplate(shape.classes(), LambdaDescription.write(shape), fields);
            }
            LambdaShape shape = LambdaShape.of(type, JdkInternals.get());
            return new LambdaTemplate(shape.classes(), LambdaDescription.write(shape), fields);
        }
    }

    /** Null if the object is no lambda, or one that has to be written otherwise. */
    public static @Nullable LambdaTemplate of(Object object) {
        return KNOWN.get(object.getClass()).of(object);
    }

    /** The classes that the description names, in its order. */
    public List<Class<?>> classes() {
        return classes;
    }

    /** For whoever sends it; not to be changed. */
    public byte[] description() {
        return description;
    }

    /** Of the description; the same in every JVM. */
    public int hash() {
        return hash;
    }

    /** How many values such a lambda captures. */
    public int captures() {
        return fields.length;
    }

    /** What it has captured there; boxed if it is a primitive. */
    public @Nullable Object captured(Object lambda, int index) {
        try {
            return fields[index].get(lambda);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e); // it was opened
        }
    }
}
