/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks.peers;

import java.util.concurrent.Future;

/** An executor of somebody else, whose tasks run in one other JVM. Closing it ends that JVM. */
interface Peer extends AutoCloseable {

    /** Submits a task that does nothing. */
    Future<?> nothing() throws Exception;

    /** Submits a task that returns its argument. */
    Future<byte[]> echo(byte[] bytes) throws Exception;

    /** How a peer is started. */
    @FunctionalInterface
    interface Starter {
        Peer start() throws Exception;
    }
}
