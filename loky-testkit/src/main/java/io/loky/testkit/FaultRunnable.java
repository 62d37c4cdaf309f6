/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.SerializableRunnable;

/** A fault without a result: refuses to run in the JVM that made it. */
record FaultRunnable(String name, Origin origin, SerializableRunnable harm) implements SerializableRunnable {
    static SerializableRunnable of(String name, SerializableRunnable harm) {
        return new FaultRunnable(name, Origin.here(), harm);
    }

    @Override
    public void runChecked() throws Exception {
        origin.refuseHere(name);
        harm.runChecked();
    }

    @Override
    public String toString() {
        return "Faults." + name;
    }
}
