/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.internal.codec.jdk.JdkInternals;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/** Stands for a lambda or method reference that is not Serializable: its shape, and what it captures. */
final class PlainLambda implements StandIn {
    private static final long serialVersionUID = 1L;

    // serial: what is written is made of the lambda by hand
    private transient @Nullable Object lambda;
    private final transient @Nullable Template template;

    private PlainLambda(Object lambda, Template template) {
        this.lambda = lambda;
        this.template = template;
    }

    /** What is the same for all lambdas of one class. */
    private static final class Template {
        private final Class<?> type;
        private final Field[] fields;
        private volatile @Nullable LambdaShape shape;

        Template(Class<?> type) {
            this.type = type;
            this.fields = LambdaShape.fieldsOf(type);
        }

        LambdaShape shape() throws InvalidObjectException {
            LambdaShape known = shape;
            if (known == null) {
                try {
                    known = LambdaShape.of(type, JdkInternals.get());
                } catch (ReflectiveOperationException | LinkageError e) {
                    InvalidObjectException invalid = new InvalidObjectException(
                            "the method behind the lambda " + type.getName() + " cannot be found: " + e);
                    invalid.initCause(e);
                    throw invalid;
                }
                for (Field field : fields) {
                    JdkInternals.open(field);
                }
                shape = known;
            }
            return known;
        }
    }

    static Handling handling(Class<?> type) {
        Template template = new Template(type);
        return Handling.withInternals(lambda -> new PlainLambda(lambda, template));
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        if (lambda == null || template == null) {
            throw new InvalidObjectException("a stand-in for nothing");
        }
        out.writeObject(template.shape());
        try {
            for (Field field : template.fields) {
                out.writeObject(field.get(lambda));
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e); // it was opened
        }
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        Place place = Place.in(in);
        LambdaMaker maker = LambdaMaker.of((LambdaShape) in.readObject());
        Object made = maker.make();
        place.is(made);
        for (int i = 0; i < maker.captures(); i++) {
            maker.capture(made, i, StandIn.read(in));
        }
        lambda = made;
    }

    private @Nullable Object readResolve() {
        return lambda;
    }

    @Override
    public String toString() {
        return "a lambda";
    }
}
