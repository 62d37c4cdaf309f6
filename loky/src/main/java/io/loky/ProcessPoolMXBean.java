/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.Map;

/**
 * A pool as management tools see it, under the name {@code io.loky:type=ProcessPool,name=loky-pool-1} and the like, from its
 * creation until it has terminated. Only pools that are told so with {@link ProcessPoolOptions.Builder#jmx(boolean) jmx(true)}
 * are there, or all pools of a JVM that is started with {@code -Dio.loky.jmx=true}.
 *
 * <p>Each attribute is that of the moment in which it is read; {@link ProcessPoolExecutor#snapshot()} has those that were true
 * together. Programs do not implement this interface; they make proxies of it with {@code JMX.newMXBeanProxy}. Thread-safe.
 */
public interface ProcessPoolMXBean {

    /**
     * Returns the name of the pool, as its text and its threads have it.
     *
     * @return such as {@code loky-pool-1}
     */
    String getName();

    /**
     * Returns where the pool is in its life.
     *
     * @return the state
     */
    PoolSnapshot.State getState();

    /**
     * Returns the most workers that may have tasks.
     *
     * @return 1 or more
     */
    int getMaxWorkers();

    /**
     * Returns how many workers have not ended, whatever they do.
     *
     * @return 0 or more
     */
    int getWorkers();

    /**
     * Returns how many workers wait for a task.
     *
     * @return 0 or more
     */
    int getIdleWorkers();

    /**
     * Returns how many workers execute a task.
     *
     * @return 0 or more
     */
    int getBusyWorkers();

    /**
     * Returns how many tasks wait for a worker.
     *
     * @return 0 or more
     */
    int getQueuedTasks();

    /**
     * Returns how many tasks are with a worker, are run by those who submitted them, or are executed once more with a larger heap.
     *
     * @return 0 or more
     */
    int getRunningTasks();

    /**
     * Returns how many tasks have ended since the pool was created, failed and cancelled ones included.
     *
     * @return 0 or more
     */
    long getCompletedTasks();

    /**
     * Returns how many workers have ended since the pool was created, by reason.
     *
     * @return an entry for each reason that has occurred
     */
    Map<EndReason, Long> getEndedWorkers();

    /**
     * Returns the process ids of the workers that have a process.
     *
     * @return in the order of the workers' numbers
     */
    long[] getPids();

    /**
     * Describes the pool and what each of its workers does, see {@link ProcessPoolExecutor#dumpState()}. Takes a second at most.
     *
     * @return the text, of several lines
     */
    String dumpState();

    /**
     * Changes the most workers that the pool may have, see {@link ProcessPoolExecutor#resize(int)}.
     *
     * @param maxWorkers from 1 to 1024
     * @throws IllegalArgumentException if the number is out of range
     */
    void resize(int maxWorkers);
}
