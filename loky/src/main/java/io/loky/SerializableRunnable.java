/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.io.Serializable;

/**
 * A {@link Runnable} that can be sent to another JVM and whose body may throw checked exceptions. A lambda or method
 * reference that is written where this type is expected is serializable by itself; what it captures has to be
 * serializable too.
 */
@FunctionalInterface
public interface SerializableRunnable extends Runnable, Serializable {

    /**
     * Does the work.
     *
     * @throws Exception if the work fails; the task's future then fails with this exception
     */
    void runChecked() throws Exception;

    /**
     * Calls {@link #runChecked()} and lets whatever it throws pass unchanged, checked exceptions included.
     */
    @Override
    default void run() {
        try {
            runChecked();
        } catch (Exception e) {
            throw SneakyThrow.<RuntimeException>sneaky(e);
        }
    }
}
