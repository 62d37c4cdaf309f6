/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

/** What {@link ChaosMonkey} does to a worker from outside, whatever the worker is doing. */
public enum Disturbance {
    /** {@code SIGKILL}. The task that the worker was executing, if any, fails. */
    KILL,

    /**
     * {@code SIGSTOP}, and {@code SIGCONT} after a random time of up to {@link ChaosMonkey.Builder#stopFor}. A worker that
     * is continued in time goes on as if nothing had been. Otherwise it misses its heartbeats, the pool kills it, and the
     * task that it was executing, if any, fails. POSIX.
     */
    STOP
}
