/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.internal.codec.jdk.JdkInternals;
import io.loky.internal.codec.jdk.RawMemory;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.lang.invoke.LambdaConversionException;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes lambdas of one shape, in the class that contains them, as that class itself would. Kept with the host, one for each
 * shape: to make a maker takes milliseconds and a class, to use it next to nothing. Thread-safe.
 */
final class LambdaMaker implements LambdaFactory {
    private static final PerClass<Map<LambdaShape, LambdaMaker>> MAKERS =
            new PerClass<>(host -> new ConcurrentHashMap<>());

    private final LambdaShape shape;
    private final MethodHandle maker;
    private final RawMemory memory;
    private final FieldAccess[] fields;
    private final Class<?>[] types;

    /** The classes that values must have; those of wrappers where the field holds a primitive. */
    private final Class<?>[] wrapped;

    private final long[] offsets;

    private LambdaMaker(LambdaShape shape, MethodHandle maker, RawMemory memory, Field[] fields) {
        this.shape = shape;
        this.maker = maker;
        this.memory = memory;
        this.fields = FieldAccess.of(fields);
        this.types = new Class<?>[fields.length];
        this.wrapped = new Class<?>[fields.length];
        this.offsets = new long[fields.length];
        for (int i = 0; i < fields.length; i++) {
            types[i] = fields[i].getType();
            wrapped[i] = MethodType.methodType(types[i]).wrap().returnType();
            offsets[i] = memory.offset(fields[i]);
        }
    }

    /**
     * @throws InvalidObjectException if the host, or the method behind the lambda, is another one here
     */
    static LambdaMaker of(LambdaShape shape) throws InvalidObjectException {
        Map<LambdaShape, LambdaMaker> ofHost = MAKERS.get(shape.host());
        LambdaMaker known = ofHost.get(shape);
        if (known != null) {
            return known;
        }
        LambdaMaker made;
        try {
            made = make(shape);
        } catch (ReflectiveOperationException | LambdaConversionException | RuntimeException | LinkageError e) {
            InvalidObjectException invalid =
                    new InvalidObjectException("a lambda of " + shape.host().getName() + " cannot be made here: " + e);
            invalid.initCause(e);
            throw invalid;
        }
        LambdaMaker first = ofHost.putIfAbsent(shape, made);
        return first == null ? made : first;
    }

    private static LambdaMaker make(LambdaShape shape) throws ReflectiveOperationException, LambdaConversionException {
        JdkInternals internals = JdkInternals.get();
        // Not privateLookupIn: where the host is in another loader's unnamed module, it lacks what the metafactory
        // wants.
        Lookup lookup = internals.in(shape.host());
        ClassLoader loader = shape.host().getClassLoader();
        MethodType captured = MethodType.fromMethodDescriptorString(shape.captured(), loader);
        MethodHandle behind = shape.kind()
                .find(
                        lookup,
                        shape.owner(),
                        shape.name(),
                        MethodType.fromMethodDescriptorString(shape.descriptor(), loader))
                .asFixedArity();
        List<Object> arguments = new ArrayList<>();
        List<Class<?>> interfaces = shape.interfaces();
        List<String> bridges = shape.types().subList(1, shape.types().size());
        arguments.add(MethodType.fromMethodDescriptorString(shape.types().get(0), loader));
        arguments.add(behind);
        arguments.add(MethodType.fromMethodDescriptorString(shape.instantiated(), loader));
        arguments.add(LambdaMetafactory.FLAG_MARKERS | LambdaMetafactory.FLAG_BRIDGES);
        arguments.add(interfaces.size() - 1);
        arguments.addAll(interfaces.subList(1, interfaces.size()));
        arguments.add(bridges.size());
        for (String bridge : bridges) {
            arguments.add(MethodType.fromMethodDescriptorString(bridge, loader));
        }
        MethodHandle exact = LambdaMetafactory.altMetafactory(
                        lookup, shape.method(), captured.changeReturnType(interfaces.get(0)), arguments.toArray())
                .getTarget();
        MethodHandle maker = withoutValues(exact, captured).asType(MethodType.methodType(Object.class));
        try {
            Object sample = (Object) maker.invokeExact();
            return new LambdaMaker(shape, maker, internals.memory(), LambdaShape.fieldsOf(sample.getClass()));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e); // it only calls a constructor that does nothing
        }
    }

    /** The values come later, since what they refer to may be the lambda. */
    private static MethodHandle withoutValues(MethodHandle exact, MethodType captured) {
        MethodHandle result = exact;
        for (Class<?> type : captured.parameterList()) {
            result = MethodHandles.collectArguments(result, 0, MethodHandles.zero(type));
        }
        return result;
    }

    /** A lambda that has captured nothing yet. */
    Object make() {
        try {
            return (Object) maker.invokeExact();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public List<Class<?>> classes() {
        return shape.classes();
    }

    @Override
    public int captures() {
        return fields.length;
    }

    @Override
    public Object standIn(@Nullable Object[] values) {
        return shape.standIn(values);
    }

    @Override
    public Object make(@Nullable Object[] values) throws InvalidObjectException {
        Object lambda = make();
        for (int i = 0; i < values.length; i++) {
            capture(lambda, i, values[i]);
        }
        return lambda;
    }

    /** Lets a lambda capture the next values of a stream. */
    void capture(Object lambda, ObjectInputStream in) throws IOException, ClassNotFoundException {
        for (int i = 0; i < fields.length; i++) {
            capture(lambda, i, fields[i].read(in));
        }
    }

    private void capture(Object lambda, int index, @Nullable Object value) throws InvalidObjectException {
        Class<?> type = types[index];
        if (value == null ? type.isPrimitive() : !wrapped[index].isInstance(value)) { // nobody else would notice
            throw new InvalidObjectException("a lambda captures a " + type.getName() + ", not a "
                    + (value == null ? "null" : value.getClass().getName()));
        }
        memory.put(lambda, offsets[index], type, value);
    }
}
