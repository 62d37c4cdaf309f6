/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.ProcessPoolExecutor;
import io.loky.TaskFuture;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.function.Function;

/** Pools and futures that do what real ones do, except in some methods. */
final class Fakes {
    private Fakes() {}

    interface Body {
        Object call(Object[] args) throws Throwable;
    }

    static ProcessPoolExecutor pool(ProcessPoolExecutor real, Map<String, Body> methods) {
        return fake(ProcessPoolExecutor.class, real, methods);
    }

    /** One whose {@code method} submits something else. */
    static ProcessPoolExecutor pool(
            ProcessPoolExecutor real, String method, Function<Object[], TaskFuture<?>> submission) {
        return pool(real, Map.of(method, args -> {
            Object future = submission.apply(args);
            return future;
        }));
    }

    @SuppressWarnings("unchecked")
    static TaskFuture<Object> future(TaskFuture<?> real, Map<String, Body> methods) {
        return fake(TaskFuture.class, real, methods);
    }

    private static <T> T fake(Class<T> type, T real, Map<String, Body> methods) {
        return type.cast(Proxy.newProxyInstance(
                Fakes.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                    Body body = methods.get(method.getName());
                    if (body != null) {
                        return body.call(args);
                    }
                    try {
                        return method.invoke(real, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
