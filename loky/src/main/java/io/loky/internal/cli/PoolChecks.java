/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import io.loky.ProcessPoolException;
import io.loky.ProcessPoolExecutor;
import io.loky.WorkerTerminatedException;
import io.loky.internal.directory.WorkerDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** What only a pool can tell: it starts workers, measures them, kills one, and looks what it has left. */
final class PoolChecks {
    /** Nothing here takes so long on a machine that works. */
    private static final long PATIENCE_SECONDS = 60;

    /** A worker's files and processes are gone by then, however it died. */
    private static final long CLEAN_SECONDS = 5;

    private static final long SLOW_START_NANOS = 5_000_000_000L;
    private static final long SLOW_TRIP_NANOS = 2_000_000L;
    private static final long SMALL_HEAP = 64L << 20;
    private static final int WARM_UP = 2_000;
    private static final int TRIPS = 1_001;
    private static final String SLOW = "see what else this machine is doing; on a busy one this may be normal";

    private final Consumer<Finding> found;

    PoolChecks(Consumer<Finding> found) {
        this.found = found;
    }

    void run() {
        long begun = System.nanoTime();
        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create()) {
            try {
                run(pool, begun);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                fail("pool", e);
            } catch (ExecutionException | TimeoutException | RuntimeException e) {
                fail("pool", e);
            } finally {
                pool.shutdownNow(); // one that does not answer must not be waited for
            }
        } catch (RuntimeException e) { // it could not even be made
            fail("pool", e);
        }
        leftovers();
    }

    private void run(ProcessPoolExecutor pool, long begun)
            throws InterruptedException, ExecutionException, TimeoutException {
        long pid = get(pool.submit(() -> ProcessHandle.current().pid()));
        long first = System.nanoTime() - begun;
        String text =
                "of a new pool after " + Units.nanos(first) + ", the start of its worker (pid " + pid + ") included";
        found.accept(
                first > SLOW_START_NANOS ? Finding.warn("first result", text, SLOW) : Finding.ok("first result", text));
        share(pool);
        roundTrip(pool);
        crash(pool);
    }

    private void share(ProcessPoolExecutor pool) throws InterruptedException, ExecutionException, TimeoutException {
        long heap = get(pool.submit(() -> Runtime.getRuntime().maxMemory()));
        int cpus = get(pool.submit(() -> Runtime.getRuntime().availableProcessors()));
        String text = "of " + pool.options().maxWorkers() + " workers: heap " + Units.bytes(heap) + ", CPUs " + cpus;
        found.accept(
                heap < SMALL_HEAP
                        ? Finding.warn("share", text, "use fewer workers (maxWorkers), or give them more (maxHeap)")
                        : Finding.ok("share", text));
    }

    private void roundTrip(ProcessPoolExecutor pool) throws InterruptedException, ExecutionException, TimeoutException {
        for (int i = 0; i < WARM_UP; i++) {
            int unused = get(pool.submit(() -> 1));
        }
        long[] nanos = new long[TRIPS];
        for (int i = 0; i < TRIPS; i++) {
            long begun = System.nanoTime();
            int unused = get(pool.submit(() -> 1));
            nanos[i] = System.nanoTime() - begun;
        }
        Arrays.sort(nanos);
        long median = nanos[TRIPS / 2];
        String text = Units.nanos(median) + " from submit to result, the median of " + TRIPS + " empty tasks";
        found.accept(
                median > SLOW_TRIP_NANOS ? Finding.warn("round trip", text, SLOW) : Finding.ok("round trip", text));
    }

    private void crash(ProcessPoolExecutor pool) throws InterruptedException, ExecutionException, TimeoutException {
        long begun = System.nanoTime();
        Future<?> victim = pool.submit(() -> Runtime.getRuntime().halt(3));
        try {
            get(victim);
            found.accept(Finding.fail(
                    "crash", "a task that ends its JVM has returned", "this is a defect of Loky; please report it"));
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof WorkerTerminatedException)) {
                throw e;
            }
            long died = System.nanoTime() - begun;
            int answer = get(pool.submit(() -> 6 * 7));
            found.accept(Finding.ok(
                    "crash",
                    "a task that killed its worker failed after " + Units.nanos(died) + ", and the next one returned "
                            + answer + " after " + Units.nanos(System.nanoTime() - begun - died)));
        }
    }

    private static <T> T get(Future<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void leftovers() {
        List<ProcessHandle> processes = ProcessHandle.current().children().toList();
        for (ProcessHandle process : processes) {
            try {
                process.onExit().get(CLEAN_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                found.accept(Finding.fail(
                        "leftovers",
                        "process " + process.pid() + " is left",
                        "this is a defect of Loky; please report it"));
                return;
            }
        }
        try {
            List<Path> directories = WorkerDirectory.ofThisJvm();
            found.accept(
                    directories.isEmpty()
                            ? Finding.ok("leftovers", "no process and no file is left")
                            : Finding.fail(
                                    "leftovers",
                                    "left: " + directories,
                                    "delete them, and look why they could not be deleted"));
        } catch (IOException e) {
            found.accept(Finding.fail(
                    "leftovers",
                    "it cannot be seen what is left: " + e,
                    "use a directory for temporary files that is there (-Djava.io.tmpdir)"));
        }
    }

    private void fail(String subject, Exception e) {
        if (e instanceof TimeoutException) {
            found.accept(Finding.fail(
                    subject,
                    "no answer within " + PATIENCE_SECONDS + " s",
                    "see whether this machine can start a JVM at all: " + System.getProperty("java.home")
                            + "/bin/java -version"));
            return;
        }
        Throwable told = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        found.accept(Finding.fail(subject, told.toString(), remedy(told)));
    }

    /** The library's own messages end with what to do, also where it refuses what the environment says. */
    static String remedy(Throwable told) {
        return told instanceof ProcessPoolException || told instanceof IllegalArgumentException
                ? ""
                : "this may be a defect of Loky; please report it";
    }
}
