/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.jdk;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The methods that the constant pool of a class names. The hidden class of a lambda calls few: the constructor of Object, the
 * method behind the lambda, and what wraps and unwraps primitives. And all texts in the pool of any class.
 */
public final class LambdaPool {
    /**
     * A method that the class calls.
     *
     * @param index where it is in the pool
     * @param owner its class's binary name, with dots
     * @param descriptor the JVM's
     */
    public record Call(int index, String owner, String name, String descriptor) {}

    private final MethodHandle constantPool;
    private final MethodHandle size;
    private final MethodHandle tagAt;
    private final MethodHandle infoAt;
    private final MethodHandle classAt;
    private final MethodHandle textAt;

    LambdaPool(Lookup lookup) throws ReflectiveOperationException {
        Class<?> pool = Class.forName("jdk.internal.reflect.ConstantPool");
        Class<?> tag = Class.forName("jdk.internal.reflect.ConstantPool$Tag");
        constantPool = lookup.findVirtual(Class.class, "getConstantPool", MethodType.methodType(pool))
                .asType(MethodType.methodType(Object.class, Class.class));
        size = lookup.findVirtual(pool, "getSize", MethodType.methodType(int.class))
                .asType(MethodType.methodType(int.class, Object.class));
        tagAt = lookup.findVirtual(pool, "getTagAt", MethodType.methodType(tag, int.class))
                .asType(MethodType.methodType(Object.class, Object.class, int.class));
        classAt = lookup.findVirtual(pool, "getClassAtIfLoaded", MethodType.methodType(Class.class, int.class))
                .asType(MethodType.methodType(Class.class, Object.class, int.class));
        textAt = lookup.findVirtual(pool, "getUTF8At", MethodType.methodType(String.class, int.class))
                .asType(MethodType.methodType(String.class, Object.class, int.class));
        infoAt = lookup.findVirtual(pool, "getMemberRefInfoAt", MethodType.methodType(String[].class, int.class))
                .asType(MethodType.methodType(String[].class, Object.class, int.class));
    }

    /** The position of a class in the pool; -1 if the class is not in it. */
    public int position(Class<?> type, Class<?> wanted) {
        try {
            Object pool = (Object) constantPool.invokeExact(type);
            int end = (int) size.invokeExact(pool);
            for (int i = 1; i < end; i++) {
                if (tag(pool, i).equals("CLASS") && (Class<?>) classAt.invokeExact(pool, i) == wanted) {
                    return i;
                }
            }
            return -1;
        } catch (Throwable e) {
            throw JdkInternals.unexpected(e);
        }
    }

    /** All names, descriptors and constant texts that stand in the pool of this class. */
    public Set<String> texts(Class<?> type) {
        try {
            Object pool = (Object) constantPool.invokeExact(type);
            int end = (int) size.invokeExact(pool);
            Set<String> texts = new HashSet<>();
            for (int i = 1; i < end; i++) {
                if (tag(pool, i).equals("UTF8")) {
                    texts.add((String) textAt.invokeExact(pool, i));
                }
            }
            return texts;
        } catch (Throwable e) {
            throw JdkInternals.unexpected(e);
        }
    }

    private String tag(Object pool, int index) throws Throwable {
        try {
            return String.valueOf((Object) tagAt.invokeExact(pool, index));
        } catch (IllegalArgumentException e) { // the JDK does not know its own newer ones there
            return "";
        }
    }

    /** In the order of the pool, which is the order of their first use. */
    public List<Call> calls(Class<?> type) {
        try {
            Object pool = (Object) constantPool.invokeExact(type);
            List<Call> calls = new ArrayList<>();
            int end = (int) size.invokeExact(pool);
            for (int i = 1; i < end; i++) {
                String tag = tag(pool, i);
                if (tag.equals("INTERFACEMETHODREF") || tag.equals("METHODREF")) {
                    String[] info = (String[]) infoAt.invokeExact(pool, i);
                    calls.add(new Call(i, info[0].replace('/', '.'), info[1], info[2]));
                }
            }
            return calls;
        } catch (Throwable e) {
            throw JdkInternals.unexpected(e);
        }
    }
}
