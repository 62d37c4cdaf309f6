/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.jdk;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;

/**
 * The methods that the constant pool of a class names. The hidden class of a lambda calls few: the constructor of Object, the
 * method behind the lambda, and what wraps and unwraps primitives.
 */
public final class LambdaPool {
    /** A method that the class calls. The owner is a binary name with dots, the descriptor the JVM's. */
    public record Call(String owner, String name, String descriptor, boolean ofInterface) {}

    private final MethodHandle constantPool;
    private final MethodHandle size;
    private final MethodHandle tagAt;
    private final MethodHandle infoAt;

    LambdaPool(Lookup lookup) throws ReflectiveOperationException {
        Class<?> pool = Class.forName("jdk.internal.reflect.ConstantPool");
        Class<?> tag = Class.forName("jdk.internal.reflect.ConstantPool$Tag");
        constantPool = lookup.findVirtual(Class.class, "getConstantPool", MethodType.methodType(pool))
                .asType(MethodType.methodType(Object.class, Class.class));
        size = lookup.findVirtual(pool, "getSize", MethodType.methodType(int.class))
                .asType(MethodType.methodType(int.class, Object.class));
        tagAt = lookup.findVirtual(pool, "getTagAt", MethodType.methodType(tag, int.class))
                .asType(MethodType.methodType(Object.class, Object.class, int.class));
        infoAt = lookup.findVirtual(pool, "getMemberRefInfoAt", MethodType.methodType(String[].class, int.class))
                .asType(MethodType.methodType(String[].class, Object.class, int.class));
    }

    /** In the order of the pool, which is the order of their first use. */
    public List<Call> calls(Class<?> type) {
        try {
            Object pool = (Object) constantPool.invokeExact(type);
            List<Call> calls = new ArrayList<>();
            int end = (int) size.invokeExact(pool);
            for (int i = 1; i < end; i++) {
                String tag = String.valueOf((Object) tagAt.invokeExact(pool, i));
                boolean ofInterface = tag.equals("INTERFACEMETHODREF");
                if (ofInterface || tag.equals("METHODREF")) {
                    String[] info = (String[]) infoAt.invokeExact(pool, i);
                    calls.add(new Call(info[0].replace('/', '.'), info[1], info[2], ofInterface));
                }
            }
            return calls;
        } catch (Throwable e) {
            throw JdkInternals.unexpected(e);
        }
    }
}
