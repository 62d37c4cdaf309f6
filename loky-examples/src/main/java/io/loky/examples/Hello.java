/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import static io.loky.WorkerSnapshot.State.STARTING;

import io.loky.Loky;
import io.loky.ProcessPoolExecutor;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Greetings from four worker processes. */
public final class Hello {

    private static final int WORKERS = 4;

    private Hello() {}

    public static void main(String[] args) throws Exception {
        ProcessPoolExecutor executor = Loky.getReusableExecutor(WORKERS, Duration.ofSeconds(2));
        executor.prestart();
        long first = executor.submit(() -> greet(0)).get();
        System.out.println("Hello from worker process " + first);

        awaitAll(executor);
        Set<Long> pids;
        try (Stream<Long> greetings =
                executor.map(Hello::greet, IntStream.range(0, 50).boxed().toList())) {
            pids = greetings.collect(Collectors.toSet());
        }
        System.out.println("Number of worker processes: " + pids.size());
        if (pids.size() != WORKERS) {
            System.err.println("hello: expected " + WORKERS + " worker processes, but the greetings came from " + pids);
            System.exit(1);
        }
    }

    /** A JVM takes a moment to start: on a busy machine three workers could greet all fifty before the fourth is up. */
    private static void awaitAll(ProcessPoolExecutor executor) throws InterruptedException {
        while (executor.snapshot().workers().stream().anyMatch(worker -> worker.state() == STARTING)) {
            Thread.sleep(1);
        }
    }

    /** Works for 10 ms and says in which process. */
    private static long greet(int number) throws InterruptedException {
        Thread.sleep(10);
        return ProcessHandle.current().pid();
    }
}
