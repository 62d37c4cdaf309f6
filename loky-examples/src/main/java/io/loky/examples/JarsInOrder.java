/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import io.loky.ExecutorShutdownException;
import io.loky.WorkerStartException;
import io.loky.WorkerTerminatedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Submits jars a bounded number ahead and takes their results in the order of the jars.
 *
 * <pre>
 *   jars --submit--> [ in flight, in the order of the jars ] --the first, when done--> sink
 * </pre>
 *
 * <p>A task that fails costs its own jar and no other. For one thread.
 */
final class JarsInOrder {

    /** So many tasks in a row that found no worker mean that the others will not find one either. */
    private static final int HOPELESS = 10;

    private final int maxInFlight;
    private final Submitter submitter;
    private final Sink sink;
    private final Queue<InFlight> inFlight = new ArrayDeque<>();
    private int failedStarts; // in a row

    JarsInOrder(int maxInFlight, Submitter submitter, Sink sink) {
        this.maxInFlight = maxInFlight;
        this.submitter = submitter;
        this.sink = sink;
    }

    /** Hands a jar to somebody who takes its census. */
    @FunctionalInterface
    interface Submitter {
        Future<JarResult> submit(Path jar);
    }

    /** Takes the results. */
    @FunctionalInterface
    interface Sink {
        void accept(JarResult result) throws IOException;
    }

    private record InFlight(Path jar, Future<JarResult> future) {}

    /**
     * Ends when the sink has the results of all jars.
     *
     * @throws WorkerStartException if no worker can be started, again and again
     * @throws ExecutorShutdownException if the pool is shut down meanwhile, as when the program is told to end
     * @throws IOException if the sink throws it
     */
    void run(List<Path> jars) throws IOException, InterruptedException {
        Iterator<Path> waiting = jars.iterator();
        try {
            while (waiting.hasNext() || !inFlight.isEmpty()) {
                while (waiting.hasNext() && inFlight.size() < maxInFlight) {
                    Path jar = waiting.next();
                    inFlight.add(new InFlight(jar, submitter.submit(jar)));
                }
                sink.accept(resultOf(inFlight.remove()));
            }
        } finally {
            inFlight.forEach(left -> left.future().cancel(true)); // there are some only if this failed
        }
    }

    private JarResult resultOf(InFlight next) throws InterruptedException {
        try {
            JarResult result = next.future().get();
            failedStarts = 0;
            return result;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throwIfHopeless(cause);
            return new JarResult.Lost(next.jar().toString(), firstLine(cause));
        }
    }

    private void throwIfHopeless(Throwable cause) {
        if (cause instanceof ExecutorShutdownException shutdown) {
            throw shutdown;
        }
        if (!(cause instanceof WorkerStartException noWorker)) {
            failedStarts = 0;
        } else if (++failedStarts == HOPELESS) {
            throw noWorker;
        }
    }

    /** What happened, in one line; who throws is of interest only for what the library did not foresee. */
    private static String firstLine(Throwable cause) {
        String message = cause.getMessage() == null ? "" : cause.getMessage();
        String first = message.lines().findFirst().orElse("");
        if (!first.isEmpty() && (cause instanceof WorkerTerminatedException || cause instanceof WorkerStartException)) {
            return first;
        }
        String type = cause.getClass().getSimpleName();
        return first.isEmpty() ? type : type + ": " + first;
    }
}
