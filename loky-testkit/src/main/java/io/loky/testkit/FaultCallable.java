/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.SerializableCallable;

/** A fault with a result: refuses to run in the JVM that made it. */
record FaultCallable<T>(String name, Origin origin, SerializableCallable<T> harm) implements SerializableCallable<T> {
    static <T> SerializableCallable<T> of(String name, SerializableCallable<T> harm) {
        return new FaultCallable<>(name, Origin.here(), harm);
    }

    @Override
    public T call() throws Exception {
        origin.refuseHere(name);
        return harm.call();
    }

    @Override
    public String toString() {
        return "Faults." + name;
    }
}
