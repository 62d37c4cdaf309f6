/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

/**
 * Makes the handles of workers; must not start anything.
 *
 * @param <H> the handle of a worker's process
 */
interface HandleFactory<H> {
    /**
     * @param number of the worker in its pool, from 1, never used again
     * @param index see {@link Worker#index()}
     * @param maxWorkers how many the pool may have now
     */
    H make(int number, int index, int maxWorkers);
}
