/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import java.io.Serializable;
import java.util.UUID;

/**
 * The JVM in which a fault was made, and in which it refuses to do its harm: a fault that is run by mistake where the
 * test runs, instead of in a worker, would take the test with it. Not a process id, which may mean another process
 * where a worker is in a container of its own.
 */
record Origin(UUID jvm) implements Serializable {
    private static final UUID THIS_JVM = UUID.randomUUID();

    static Origin here() {
        return new Origin(THIS_JVM);
    }

    /**
     * @throws IllegalStateException in the JVM that this is the origin of
     */
    void refuseHere(String fault) {
        if (jvm.equals(THIS_JVM)) {
            throw new IllegalStateException("Faults." + fault
                    + " was made in this JVM and does its harm only in another one; submit it to a pool with workers of"
                    + " its own");
        }
    }
}
