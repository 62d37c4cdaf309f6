/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

/** Why a worker ended. Each worker that ended has exactly one reason, and a pool counts its workers by it. */
public enum EndReason {
    /** It had no task for longer than {@link ProcessPoolOptions#idleTimeout()}, or was a spare that the pool had no use for. */
    IDLE_TIMEOUT,

    /** Its pool was shut down. */
    SHUTDOWN,

    /** Its pool was made smaller; see {@link ProcessPoolExecutor#resize(int)}. */
    RESIZED,

    /** It had executed as many tasks as {@link ProcessPoolOptions#maxTasksPerWorker()} allows. */
    MAX_TASKS,

    /** It had served for as long as {@link ProcessPoolOptions#maxWorkerAge()} allows. */
    MAX_AGE,

    /** Its memory had grown by more than {@link ProcessPoolOptions#memoryGrowthLimit()}. */
    MEMORY_GROWTH,

    /** Its memory exceeded {@link ProcessPoolOptions#workerMemoryLimit()}. */
    MEMORY_LIMIT,

    /** A task of it ended with an {@link OutOfMemoryError}, other than one for an array that no heap can hold: after that no JVM can be relied on. */
    OUT_OF_MEMORY,

    /** Its {@link ProcessPoolOptions#workerHealthCheck() workerHealthCheck} had thrown an exception, taken too long, or ended it. */
    UNHEALTHY,

    /** A task had left something behind that the tasks after it would have met; see {@link ProcessPoolOptions#dirtyWorkers()}. */
    DIRTY,

    /** It was killed because the task that it was executing was cancelled, and went on after its {@link ProcessPoolOptions#cancelGrace() grace}. */
    CANCELLED,

    /** It was killed because the task that it was executing had reached its time limit, and went on after its {@link ProcessPoolOptions#cancelGrace() grace}. */
    TASK_TIMEOUT,

    /** It was killed because it gave no sign of life; see {@link ProcessPoolOptions#heartbeat()}. */
    UNRESPONSIVE,

    /** It died by itself, or something outside the pool ended it; {@link CrashReport} says what was found out. */
    CRASHED,

    /**
     * Its JVM could not be started, its {@link ProcessPoolOptions#initializer() initializer} failed, or it was not ready
     * within {@link ProcessPoolOptions#startTimeout()}.
     */
    START_FAILED
}
