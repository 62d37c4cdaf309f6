/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks.peers;

import dyorgio.runtime.out.process.CallableSerializable;
import dyorgio.runtime.out.process.OutProcessExecutorService;
import java.util.concurrent.Future;

/** The small library of the same aim: one other JVM as an {@code ExecutorService}. */
final class OutProcessPeer implements Peer {

    private final OutProcessExecutorService executor;

    private OutProcessPeer(OutProcessExecutorService executor) {
        this.executor = executor;
    }

    static OutProcessPeer start() throws Exception {
        return new OutProcessPeer(new OutProcessExecutorService());
    }

    @Override
    public Future<?> nothing() {
        CallableSerializable<Boolean> nothing = () -> true;
        return executor.submit(nothing);
    }

    @Override
    public Future<byte[]> echo(byte[] bytes) {
        CallableSerializable<byte[]> echo = () -> bytes;
        return executor.submit(echo);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
