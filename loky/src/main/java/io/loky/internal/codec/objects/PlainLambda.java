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
    private final transient @Nullable LambdaShape shape;
    private final transient @Nullable Object[] values;

    private PlainLambda(Object lambda, Template template) {
        this.lambda = lambda;
        this.template = template;
        this.shape = null;
        this.values = new @Nullable Object[0];
    }

    /** Of a lambda that does not exist yet. */
    PlainLambda(LambdaShape shape, @Nullable Object[] values) {
        this.template = null;
        this.shape = shape;
        this.values = values;
    }

    /** What is the same for all lambdas of one class. */
    private static final class Template {
        private final Class<?> type;
        private final Field[] fields;
        private volatile @Nullable Known known;

        Template(Class<?> type) {
            this.type = type;
            this.fields = LambdaShape.fieldsOf(type);
        }

        Known known() throws InvalidObjectException {
            Known result = known;
            if (result == null) {
                LambdaShape shape;
                try {
                    shape = LambdaShape.of(type, JdkInternals.get());
                } catch (ReflectiveOperationException | LinkageError e) {
                    InvalidObjectException invalid = new InvalidObjectException(
                            "the method behind the lambda " + type.getName() + " cannot be found: " + e.getMessage());
                    invalid.initCause(e);
                    throw invalid;
                }
                result = new Known(new LambdaForm(shape), FieldAccess.of(fields));
                known = result;
            }
            return result;
        }
    }

    private static final class Known {
        private final LambdaForm form;
        private final FieldAccess[] fields;

        Known(LambdaForm form, FieldAccess[] fields) {
            this.form = form;
            this.fields = fields;
        }
    }

    static Handling handling(Class<?> type) {
        Template template = new Template(type);
        return Handling.withInternals(lambda -> new PlainLambda(lambda, template));
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        if (shape != null) {
            out.writeObject(new LambdaForm(shape));
            String kinds = shape.kinds();
            for (int i = 0; i < values.length; i++) {
                FieldAccess.write(kinds.charAt(i), values[i], out);
            }
            return;
        }
        if (lambda == null || template == null) {
            throw new InvalidObjectException("a stand-in for nothing");
        }
        Known known = template.known();
        out.writeObject(known.form);
        for (FieldAccess field : known.fields) {
            field.write(lambda, out);
        }
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        Place place = Place.in(in);
        if (!(in.readObject() instanceof LambdaForm form)) {
            throw new InvalidObjectException("a lambda without its form");
        }
        LambdaMaker maker = LambdaMaker.of(form.shape());
        Object made = maker.make();
        place.is(made);
        maker.capture(made, in);
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
