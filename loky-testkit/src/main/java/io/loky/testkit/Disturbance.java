/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

/** What {@link ChaosMonkey} does to a worker from outside, whatever the worker is doing. */
public enum Disturbance {
    /** {@code SIGKILL}. The task that the worker was executing, if any, fails. */
    KILL,

    /**
     * {@code SIGSTOP}, and {@code SIGCONT} after {@link ChaosMonkey.Builder#stopFor} if the worker is still there then. A
     * pool that looks after its workers ends one that does not answer, and the task that it was executing fails; one that
     * does not, or that is more patient than the monkey, goes on as if nothing had been. POSIX.
     */
    STOP
}
