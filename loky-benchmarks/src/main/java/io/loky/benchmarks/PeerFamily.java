/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A pool that nobody uses, in a process of its own. */
final class PeerFamily implements Family {

    private final PeerProcess peer;
    private final List<Long> workers;

    private PeerFamily(PeerProcess peer, List<Long> workers) {
        this.peer = peer;
        this.workers = workers;
    }

    /** Has the peer start a pool whose workers each have done something. */
    static PeerFamily start(PeerProcess peer, int workers) throws IOException {
        try {
            double[] pids = RemotePeer.numbers(peer.ask("p " + workers));
            Sizes.require("workers", workers, pids.length);
            return new PeerFamily(
                    peer, Arrays.stream(pids).mapToObj(pid -> (long) pid).toList());
        } catch (IOException | RuntimeException e) {
            peer.close();
            throw e;
        }
    }

    @Override
    public List<Long> workers() {
        return workers;
    }

    @Override
    public List<Long> all() {
        List<Long> all = new ArrayList<>(List.of(peer.handle().pid()));
        peer.handle().descendants().map(ProcessHandle::pid).forEach(all::add);
        return all;
    }

    @Override
    public void close() {
        peer.close();
    }
}
