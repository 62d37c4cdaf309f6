/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.List;
import java.util.Optional;

/** The process pools of Python, measured inside one long-lived Python process by {@code python_peer.py}. */
final class PythonPeer {

    private PythonPeer() {}

    static Contender concurrentFutures(Python python) {
        return contender("concurrent.futures", withoutPython(python));
    }

    static Contender loky(Python python) {
        Optional<String> withoutLoky = python.lokyVersion().isPresent()
                ? Optional.empty()
                : Optional.of("'import loky' fails in " + Python.COMMAND);
        return contender("loky", withoutPython(python).or(() -> withoutLoky));
    }

    private static Contender contender(String library, Optional<String> unavailable) {
        RemotePeer measured =
                new RemotePeer(library, unavailable, PythonPeer::measures, () -> PeerProcess.python(library));
        AtRest atRest =
                new AtRest(library, unavailable, workers -> PeerFamily.start(PeerProcess.python(library), workers));
        return new Together(library, List.of(measured, atRest));
    }

    /** A million tasks would take minutes; a JVM's threads and jobs have no counterpart there. */
    private static boolean measures(Metric metric) {
        return switch (metric.kind()) {
            case ROUND_TRIP, MAP, ECHO, FIRST_RESULT, LOSS, QUEUED, SUBMITTERS -> true;
            case GATHER -> metric != Metric.MILLION;
            case SCALE -> metric.moreIsBetter();
            case REST, THREADS, JOB -> false;
        };
    }

    private static Optional<String> withoutPython(Python python) {
        return python.version().isPresent() ? Optional.empty() : Optional.of("no working " + Python.COMMAND);
    }
}
