/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

/** Why a worker ended. Each worker that ended has exactly one reason, and a pool counts its workers by it. */
public enum EndReason {
    /** It had no task for longer than {@link ProcessPoolOptions#idleTimeout()}. */
    IDLE_TIMEOUT,

    /** Its pool was shut down. */
    SHUTDOWN,

    /** Its pool was made smaller; see {@link ProcessPoolExecutor#resize(int)}. */
    RESIZED,

    /** It was killed because the task that it was executing was cancelled. */
    CANCELLED,

    /** It was killed because the task that it was executing had reached its time limit. */
    TASK_TIMEOUT,

    /** It was killed because it gave no sign of life; see {@link ProcessPoolOptions#heartbeat()}. */
    UNRESPONSIVE,

    /** It died by itself, or something outside the pool ended it; {@link CrashReport} says what was found out. */
    CRASHED,

    /** Its JVM could not be started, or was not ready within {@link ProcessPoolOptions#startTimeout()}. */
    START_FAILED
}
