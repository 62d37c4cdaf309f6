/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.List;

/** The processes of a pool that has nothing to do. Closing it ends them. */
interface Family extends AutoCloseable {

    List<Long> workers();

    /** The workers, the process that has the pool, and whatever else stands by. */
    List<Long> all();

    @Override
    void close();
}
