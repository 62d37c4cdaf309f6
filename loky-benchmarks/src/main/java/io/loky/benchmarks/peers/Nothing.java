/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks.peers;

import java.io.Serializable;
import java.util.concurrent.Callable;

/** The no-op of the clusters: they know its class, and no closure has to travel. */
final class Nothing implements Callable<Boolean>, Serializable {

    private static final long serialVersionUID = 1L;

    @Override
    public Boolean call() {
        return true;
    }
}
