/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.jdk;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the final fields of a lambda that was made a moment ago. A lambda that captures an object which refers back to
 * the lambda must be there before what it captures is; and reflection writes no field of a hidden class.
 */
public final class RawMemory {
    private final Object unsafe;
    private final MethodHandle offset;
    private final Map<Class<?>, MethodHandle> put = new HashMap<>();

    RawMemory(Lookup lookup) throws ReflectiveOperationException {
        Class<?> type = Class.forName("jdk.internal.misc.Unsafe");
        try {
            unsafe = lookup.findStatic(type, "getUnsafe", MethodType.methodType(type))
                    .invoke();
        } catch (Throwable e) {
            throw new ReflectiveOperationException(e);
        }
        offset = lookup.findVirtual(type, "objectFieldOffset", MethodType.methodType(long.class, Field.class))
                .bindTo(unsafe);
        put(lookup, type, "putBoolean", boolean.class);
        put(lookup, type, "putByte", byte.class);
        put(lookup, type, "putChar", char.class);
        put(lookup, type, "putShort", short.class);
        put(lookup, type, "putInt", int.class);
        put(lookup, type, "putLong", long.class);
        put(lookup, type, "putFloat", float.class);
        put(lookup, type, "putDouble", double.class);
        put(lookup, type, "putReference", Object.class);
    }

    private void put(Lookup lookup, Class<?> type, String method, Class<?> value) throws ReflectiveOperationException {
        MethodType descriptor = MethodType.methodType(void.class, Object.class, long.class, value);
        put.put(
                value,
                lookup.findVirtual(type, method, descriptor)
                        .bindTo(unsafe)
                        .asType(descriptor.changeParameterType(2, Object.class)));
    }

    /** Where the field is in its objects. */
    public long offset(Field field) {
        try {
            return (long) offset.invokeExact(field);
        } catch (Throwable e) {
            throw JdkInternals.unexpected(e);
        }
    }

    /**
     * Writes a field, whose type the value must have: nobody checks.
     *
     * @param value boxed if the field is of a primitive type
     */
    public void put(Object object, long offset, Class<?> fieldType, @Nullable Object value) {
        try {
            MethodHandle writer = put.get(fieldType.isPrimitive() ? fieldType : Object.class);
            Objects.requireNonNull(writer).invokeExact(object, offset, value);
        } catch (Throwable e) {
            throw JdkInternals.unexpected(e);
        }
    }
}
