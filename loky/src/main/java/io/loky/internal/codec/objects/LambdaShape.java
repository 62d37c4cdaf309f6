/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.internal.codec.jdk.JdkInternals;
import io.loky.internal.codec.jdk.LambdaPool.Call;
import java.io.InvalidObjectException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All that another JVM needs to make a lambda of the same kind, except for what it captures: what stands at the call site
 * in the class that contains the lambda. The JVM does not keep that; but the hidden class that it spun from it says nearly all
 * of it, by its name (the host), its interfaces, its fields (what is captured) and its constant pool (the method behind it).
 *
 * <p>Not said is the type that the interface was instantiated with. It decides only how arguments are cast and unwrapped on
 * their way, so it is taken from the method behind, and from the calls that unwrap.
 *
 * @param host the class that contains the lambda
 * @param interfaces the functional interface, then the markers
 * @param method the name of the interface's method
 * @param types its descriptor, then those of the bridges to it
 * @param owner the class of the method behind, which is the host itself for the body of a lambda
 * @param instantiated the descriptor that the interface's method has for this lambda
 * @param captured the descriptor of a method that takes what is captured
 */
record LambdaShape(
        Class<?> host,
        List<Class<?>> interfaces,
        String method,
        List<String> types,
        Class<?> owner,
        String name,
        String descriptor,
        Kind kind,
        String instantiated,
        String captured)
        implements DescribedLambda {

    /** How the method behind is called. */
    enum Kind {
        STATIC {
            @Override
            MethodHandle find(Lookup lookup, Class<?> owner, String name, MethodType type)
                    throws ReflectiveOperationException {
                return lookup.findStatic(owner, name, type);
            }
        },
        VIRTUAL {
            @Override
            MethodHandle find(Lookup lookup, Class<?> owner, String name, MethodType type)
                    throws ReflectiveOperationException {
                return lookup.findVirtual(owner, name, type);
            }
        },
        SPECIAL {
            @Override
            MethodHandle find(Lookup lookup, Class<?> owner, String name, MethodType type)
                    throws ReflectiveOperationException {
                return lookup.findSpecial(owner, name, type, lookup.lookupClass());
            }
        },
        CONSTRUCTOR {
            @Override
            MethodHandle find(Lookup lookup, Class<?> owner, String name, MethodType type)
                    throws ReflectiveOperationException {
                return lookup.findConstructor(owner, type);
            }
        };

        abstract MethodHandle find(Lookup lookup, Class<?> owner, String name, MethodType type)
                throws ReflectiveOperationException;
    }

    private static final String MARK = "$$Lambda";

    /** The wrappers of primitives, and the type of a method that unwraps. */
    private static final Map<Class<?>, MethodType> UNWRAPPING = Map.of(
            Boolean.class, MethodType.methodType(boolean.class),
            Byte.class, MethodType.methodType(byte.class),
            Character.class, MethodType.methodType(char.class),
            Short.class, MethodType.methodType(short.class),
            Integer.class, MethodType.methodType(int.class),
            Long.class, MethodType.methodType(long.class),
            Float.class, MethodType.methodType(float.class),
            Double.class, MethodType.methodType(double.class));

    /** What is captured, each by the first letter of its descriptor. Nothing is known of the classes yet. */
    String kinds() throws InvalidObjectException {
        StringBuilder kinds = new StringBuilder();
        int at = 1;
        while (at < captured.length() && captured.charAt(at) != ')') {
            kinds.append(captured.charAt(at));
            while (at < captured.length() && captured.charAt(at) == '[') {
                at++;
            }
            boolean isClass = at < captured.length() && captured.charAt(at) == 'L';
            at = isClass ? captured.indexOf(';', at) + 1 : at + 1;
            if (at == 0) {
                throw new InvalidObjectException("a lambda that captures " + captured);
            }
        }
        return kinds.toString();
    }

    @Override
    public int captures() throws InvalidObjectException {
        return kinds().length();
    }

    @Override
    public Object standIn(@Nullable Object[] values) {
        return new PlainLambda(this, values);
    }

    /** Whether this is the class of a lambda or method reference. */
    static boolean isLambda(Class<?> type) {
        return type.isHidden() && type.isSynthetic() && type.getName().contains(MARK);
    }

    /** The captured values, in order. */
    static Field[] fieldsOf(Class<?> lambda) {
        return Arrays.stream(lambda.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .sorted(Comparator.comparingInt(LambdaShape::number))
                .toArray(Field[]::new);
    }

    /** Fields are called arg$1, arg$2 and so on, and come in any order. */
    private static int number(Field field) {
        return Integer.parseInt(field.getName().substring(field.getName().indexOf('$') + 1));
    }

    /**
     * @throws ReflectiveOperationException if the class is not made as the JDK makes the classes of lambdas
     */
    static LambdaShape of(Class<?> lambda, JdkInternals internals) throws ReflectiveOperationException {
        ClassLoader loader = lambda.getClassLoader();
        String name = lambda.getName();
        Class<?> host = Class.forName(name.substring(0, name.lastIndexOf(MARK)), false, loader);
        List<Method> methods = Arrays.stream(lambda.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()))
                .toList();
        if (methods.isEmpty()) {
            throw new NoSuchMethodException(name + " has no method");
        }
        List<String> types = methods.stream()
                .map(method -> typeOf(method).descriptorString())
                .toList();
        MethodType captured = MethodType.methodType(
                void.class, Arrays.stream(fieldsOf(lambda)).map(Field::getType).toList());
        MethodType type = typeOf(methods.get(0));
        List<Call> calls = internals.lambdaPool().calls(lambda);
        Behind behind = Behind.find(lambda, host, calls, captured, type, internals);
        return new LambdaShape(
                host,
                List.of(lambda.getInterfaces()),
                methods.get(0).getName(),
                types,
                behind.owner,
                behind.name,
                behind.type.descriptorString(),
                behind.kind,
                instantiated(type, behind, captured.parameterCount(), calls, lambda, internals)
                        .descriptorString(),
                captured.descriptorString());
    }

    private List<Object> parts() {
        return List.of(host, interfaces, method, types, owner, name, descriptor, kind, instantiated, captured);
    }

    /** By hand: what a record makes by itself costs the first task of a worker milliseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LambdaShape that && parts().equals(that.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    /** All that are named, each once; the host comes first. */
    @Override
    public List<Class<?>> classes() {
        List<Class<?>> classes = new ArrayList<>(List.of(host));
        for (Class<?> type : interfaces) {
            if (!classes.contains(type)) {
                classes.add(type);
            }
        }
        if (!classes.contains(owner)) {
            classes.add(owner);
        }
        return List.copyOf(classes);
    }

    private static MethodType typeOf(Method method) {
        return MethodType.methodType(method.getReturnType(), method.getParameterTypes());
    }

    /**
     * The method behind a lambda.
     *
     * @param full its type with the receiver, or with what a constructor makes
     * @param index where it is in the pool: what unwraps arguments comes before, what unwraps the result comes after it
     */
    private record Behind(Class<?> owner, String name, MethodType type, Kind kind, MethodType full, int index) {

        /** Of the methods that the class calls, the one that is not there for the class's own needs. */
        static Behind find(
                Class<?> lambda,
                Class<?> host,
                List<Call> calls,
                MethodType captured,
                MethodType type,
                JdkInternals internals)
                throws ReflectiveOperationException {
            Lookup lookup = internals.in(host);
            if (internals.classData(lambda) instanceof MethodHandle handle) { // what its class itself could not call
                return of(lookup.revealDirect(handle), handle.type());
            }
            Behind found = null;
            for (Call call : calls) {
                if (call.owner().equals("java.lang.Object")
                        && call.name().equals("<init>")
                        && isConstructorCall(calls, call)) {
                    continue;
                }
                if (found != null && isWrapping(call, found.full.returnType())) {
                    // wraps the result; where the method behind itself is one that unwraps, this comes after it. One
                    // that
                    // takes something else is the method behind: Integer::valueOf, for what is given as a Character.
                    continue;
                }
                Behind candidate = resolve(call, host.getClassLoader(), lookup);
                if (candidate != null && candidate.takes(captured, type) && (found == null || !isUnwrapping(call))) {
                    found = candidate;
                }
            }
            if (found == null) {
                throw new NoSuchMethodException(lambda.getName() + " calls none of " + calls);
            }
            return found;
        }

        /** Each class of a lambda calls this constructor once; a reference to it is another entry, or the same one. */
        private static boolean isConstructorCall(List<Call> calls, Call call) {
            return calls.stream().anyMatch(other -> !other.equals(call) && !isWrapping(other) && !isUnwrapping(other));
        }

        private static Behind of(MethodHandleInfo info, MethodType full) {
            Kind kind = switch (info.getReferenceKind()) {
                case MethodHandleInfo.REF_invokeStatic -> Kind.STATIC;
                case MethodHandleInfo.REF_newInvokeSpecial -> Kind.CONSTRUCTOR;
                case MethodHandleInfo.REF_invokeSpecial -> Kind.SPECIAL;
                default -> Kind.VIRTUAL;
            };
            return new Behind(
                    info.getDeclaringClass(), info.getName(), info.getMethodType(), kind, full, Integer.MAX_VALUE);
        }

        private static @Nullable Behind resolve(Call call, @Nullable ClassLoader loader, Lookup lookup)
                throws ClassNotFoundException {
            Class<?> owner = Class.forName(call.owner(), false, loader);
            MethodType type = MethodType.fromMethodDescriptorString(call.descriptor(), loader);
            List<Kind> kinds =
                    call.name().equals("<init>") ? List.of(Kind.CONSTRUCTOR) : List.of(Kind.STATIC, Kind.VIRTUAL);
            for (Kind kind : kinds) {
                try {
                    MethodHandle handle = kind.find(lookup, owner, call.name(), type);
                    return new Behind(owner, call.name(), type, kind, handle.type(), call.index());
                } catch (ReflectiveOperationException e) {
                    // it is not of this kind
                }
            }
            return null;
        }

        /** Whether it can be called with what is captured, followed by the interface's arguments. */
        boolean takes(MethodType captured, MethodType interfaceType) {
            int captures = captured.parameterCount();
            if (full.parameterCount() != captures + interfaceType.parameterCount()) {
                return false;
            }
            for (int i = 0; i < captures; i++) {
                if (!full.parameterType(i).isAssignableFrom(captured.parameterType(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    private static boolean isUnwrapping(Call call) {
        return UNWRAPPING.values().stream()
                .anyMatch(primitive -> unwraps(call, Number.class, primitive.returnType())
                        || UNWRAPPING.keySet().stream()
                                .anyMatch(wrapper -> unwraps(call, wrapper, primitive.returnType())));
    }

    private static boolean unwraps(Call call, Class<?> wrapper, Class<?> primitive) {
        return call.owner().equals(wrapper.getName())
                && call.name().equals(primitive.getName() + "Value")
                && call.descriptor().equals(MethodType.methodType(primitive).descriptorString());
    }

    private static boolean isWrapping(Call call) {
        return UNWRAPPING.values().stream().anyMatch(primitive -> isWrapping(call, primitive.returnType()));
    }

    private static boolean isWrapping(Call call, Class<?> primitive) {
        if (!primitive.isPrimitive() || primitive == void.class) {
            return false;
        }
        MethodType type =
                MethodType.methodType(MethodType.methodType(primitive).wrap().returnType(), primitive);
        return call.name().equals("valueOf")
                && call.owner().equals(type.returnType().getName())
                && call.descriptor().equals(type.descriptorString());
    }

    private static MethodType instantiated(
            MethodType type, Behind behind, int captures, List<Call> calls, Class<?> lambda, JdkInternals internals)
            throws NoSuchMethodException {
        MethodType result = type;
        boolean single = IntStream.range(0, type.parameterCount())
                        .filter(i -> !type.parameterType(i).isPrimitive()
                                && behind.full.parameterType(captures + i).isPrimitive())
                        .count()
                == 1;
        for (int i = 0; i < type.parameterCount(); i++) {
            Class<?> offered = type.parameterType(i);
            Class<?> wanted = behind.full.parameterType(captures + i);
            if (!offered.isPrimitive()) {
                Class<?> better = wanted.isPrimitive()
                        ? wrapperFor(wanted, offered, behind.index, calls, lambda, internals, single)
                        : wanted;
                if (offered.isAssignableFrom(better)) {
                    result = result.changeParameterType(i, better);
                }
            }
        }
        Class<?> given = behind.full.returnType();
        if (given.isPrimitive() && given != void.class && !type.returnType().isPrimitive()) {
            Class<?> wrapped = MethodType.methodType(given).wrap().returnType();
            if (type.returnType().isAssignableFrom(wrapped)) {
                result = result.changeReturnType(wrapped);
            }
        }
        return result;
    }

    /**
     * What comes as an object and is wanted as a primitive: the wrapper whose method the class calls for that, or to which it
     * casts before it calls the method of {@link Number}, as newer JDKs do. Characters have one such method only, and become
     * numbers afterwards.
     */
    private static Class<?> wrapperFor(
            Class<?> wanted,
            Class<?> offered,
            int behind,
            List<Call> calls,
            Class<?> lambda,
            JdkInternals internals,
            boolean single)
            throws NoSuchMethodException {
        List<Class<?>> fitting = new ArrayList<>();
        for (Class<?> wrapper : UNWRAPPING.keySet()) {
            Class<?> called = wrapper == Character.class ? char.class : wanted;
            if (offered.isAssignableFrom(wrapper)
                    && widens(wrapper, wanted)
                    && calls.stream()
                            .filter(call -> call.index() < behind)
                            .anyMatch(call -> unwraps(call, wrapper, called)
                                    || (unwraps(call, Number.class, called)
                                            && isCastTo(wrapper, call, calls, lambda, internals, single)))) {
                fitting.add(wrapper);
            }
        }
        if (fitting.size() > 1) {
            throw new NoSuchMethodException(
                    "it is a method reference that unwraps several types, and does not say which of " + fitting
                            + " it passes as " + wanted + "; write it as a lambda");
        }
        return fitting.isEmpty() ? offered : fitting.get(0);
    }

    /**
     * A wrapper that is in the pool for the sake of wrapping the result only comes after what unwraps the argument. Where
     * several arguments are unwrapped, it may be there for one of them.
     */
    private static boolean isCastTo(
            Class<?> wrapper,
            Call unwrapping,
            List<Call> calls,
            Class<?> lambda,
            JdkInternals internals,
            boolean single) {
        int position = internals.lambdaPool().position(lambda, wrapper);
        if (!Number.class.isAssignableFrom(wrapper) || position < 0) {
            return false;
        }
        return !single
                || position < unwrapping.index()
                || calls.stream()
                        .noneMatch(call -> isWrapping(call) && call.owner().equals(wrapper.getName()));
    }

    private static final String WIDENING = "BSIJFD";

    private static boolean widens(Class<?> wrapper, Class<?> wanted) {
        Class<?> from = MethodType.methodType(wrapper).unwrap().returnType();
        if (from == wanted) {
            return true;
        }
        int to = WIDENING.indexOf(wanted.descriptorString());
        if (from == char.class) {
            return to >= WIDENING.indexOf('I');
        }
        int start = WIDENING.indexOf(from.descriptorString());
        return start >= 0 && to > start;
    }
}
