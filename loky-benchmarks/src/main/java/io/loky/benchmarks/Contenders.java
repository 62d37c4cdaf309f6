/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Everybody who takes part, in the order of the tables. */
final class Contenders {

    private Contenders() {}

    /** @param openPorts whether ports may be open on all interfaces */
    static List<Contender> all(Python python, PeerJars jars, boolean openPorts) {
        List<Contender> all = new ArrayList<>(List.of(
                ours(),
                raw(),
                new RawSameThread(),
                new Copies(),
                threads(),
                PythonPeer.concurrentFutures(python),
                PythonPeer.loky(python)));
        all.addAll(JvmPeers.all(jars, openPorts));
        return all;
    }

    static Contender ours() {
        AtRest atRest =
                new AtRest(LokyJava.NAME, Optional.empty(), workers -> PeerFamily.start(JvmPeers.ours(), workers));
        return new Together(
                LokyJava.NAME, List.of(new LokyJava(), atRest, new LokyBook(), new LokyScale(), Jobs.inWorkers()));
    }

    static Contender raw() {
        Optional<String> impossible =
                RawProcess.isPossible() ? Optional.empty() : Optional.of("needs /bin/sh and /dev/fd");
        return new Together(
                RawLimit.NAME, List.of(new RawLimit(), new AtRest(RawLimit.NAME, impossible, RawFamily::start)));
    }

    static Contender threads() {
        return new Together(ThreadPool.NAME, List.of(new ThreadPool(), Jobs.inThreads()));
    }
}
