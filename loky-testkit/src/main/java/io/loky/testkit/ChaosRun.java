/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.PoolSnapshot;
import io.loky.ProcessPoolExecutor;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.testkit.ChaosMonkey.Settings;
import io.loky.testkit.ChaosReport.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One run of a chaos monkey.
 *
 * <pre>
 *   caller's thread   takes a slot, makes the next task, submits it ... waits until all slots are back
 *   chaos-disturber   kills and stops workers, continues them
 *   chaos-canceller   cancels the tasks that hang
 *   any (dependent)   hands a task that is done to the judge
 *   chaos-judge       counts its outcome, gives the slot back
 *   chaos-progress    tells the listener
 * </pre>
 *
 * A task is in {@link #inFlight} from its submission until its outcome is counted; the slots bound how many are.
 */
final class ChaosRun {
    private static final long LONGEST_HANG_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LOOK_MILLIS = 5;

    private final Settings settings;
    private final ProcessPoolExecutor pool;
    private final Ledger ledger;
    private final Disturber disturber;
    private final Canceller canceller;
    private final Judge judge;
    private final Semaphore slots;
    private final Map<Long, Flight> inFlight = new ConcurrentHashMap<>();
    private final BlockingQueue<Flight> done = new LinkedBlockingQueue<>();
    private final SplittableRandom random;
    private final CountDownLatch submissionOver = new CountDownLatch(1);
    private final CountDownLatch allOver = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    ChaosRun(Settings settings, ProcessPoolExecutor pool) {
        this.settings = settings;
        this.pool = pool;
        this.ledger = new Ledger(settings.seed(), pool.snapshot());
        this.disturber = new Disturber(settings, pool, ledger);
        this.canceller = new Canceller(ledger);
        this.judge = new Judge(ledger, disturber);
        this.slots = new Semaphore(settings.tasksInFlight());
        this.random = new SplittableRandom(settings.seed());
    }

    ChaosReport run() throws InterruptedException {
        Thread atExit = new Thread(() -> guarded("at-exit", disturber::continueAll), "chaos-at-exit");
        Runtime.getRuntime().addShutdownHook(atExit);
        Thread disturbing = start("disturber", () -> disturber.run(submissionOver));
        start("canceller", canceller::run);
        start("judge", this::judgeAll);
        start("progress", this::tellProgress);
        try {
            submitAll();
            submissionOver.countDown();
            disturbing.join();
            drain();
            PoolSnapshot last = poolAtRest();
            endThreads(disturbing);
            return ledger.report(last);
        } finally {
            inFlight.values().forEach(flight -> flight.future.cancel(true));
            endThreads(disturbing);
            forget(atExit);
        }
    }

    private static void forget(Thread atExit) {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending: it runs the hook, which finds nothing to do.
        }
    }

    // ---- the caller's thread --------------------------------------------------------------------------------------

    private void submitAll() throws InterruptedException {
        long end = System.nanoTime() + settings.duration().toNanos();
        for (long number = 1; number <= settings.maxTasks() && System.nanoTime() - end < 0; number++) {
            if (!slots.tryAcquire(settings.patience().toNanos(), TimeUnit.NANOSECONDS)) {
                ledger.discrepancy("none of " + inFlight.size() + " tasks became done within " + settings.patience());
                return;
            }
            if (!submit(new ChaosTask(kind(), number, random)) && pool.isShutdown()) {
                ledger.discrepancy("somebody has shut the pool down during the run");
                return;
            }
        }
    }

    private TaskKind kind() {
        double point = random.nextDouble();
        for (Map.Entry<TaskKind, Double> share : settings.shares().entrySet()) {
            point -= share.getValue();
            if (point < 0) {
                return share.getKey();
            }
        }
        return TaskKind.WELL_BEHAVED;
    }

    /** Whether the pool took it. */
    private boolean submit(ChaosTask task) {
        long hangNanos = random.nextLong(LONGEST_HANG_NANOS);
        ledger.submitted();
        TaskFuture<Object> future;
        try {
            future = task.kind() == TaskKind.WELL_BEHAVED
                    ? pool.submit(task)
                    : pool.submit(task, TaskOptions.named("chaos " + task));
        } catch (RejectedExecutionException e) {
            ledger.outcome(task.kind(), Outcome.REJECTED);
            slots.release();
            return false;
        }
        Flight flight = new Flight(task, future);
        inFlight.put(task.number(), flight);
        var unused = future.whenComplete((value, failure) -> {
            if (flight.completions.incrementAndGet() > 1) {
                ledger.completedTwice();
                return;
            }
            flight.seenValue = value;
            flight.seenFailure = failure;
            flight.doneNanos = System.nanoTime();
            done.add(flight);
        });
        if (task.kind() == TaskKind.HANG) {
            canceller.cancelLater(flight, hangNanos);
        }
        return true;
    }

    /** Until every task has its outcome; those that get none are counted, too. */
    private void drain() throws InterruptedException {
        if (slots.tryAcquire(settings.tasksInFlight(), settings.patience().toNanos(), TimeUnit.NANOSECONDS)) {
            return;
        }
        for (Flight flight : List.copyOf(inFlight.values())) {
            if (inFlight.remove(flight.task.number(), flight)) {
                ledger.outcome(flight.task.kind(), Outcome.UNFINISHED);
                ledger.discrepancy(flight + " is not done " + settings.patience() + " after the last submission");
                flight.future.cancel(true);
            }
        }
    }

    /** The pool counts some things after the future is done: waits until nothing is left in it. */
    private PoolSnapshot poolAtRest() throws InterruptedException {
        long end = System.nanoTime() + settings.patience().toNanos();
        PoolSnapshot now = pool.snapshot();
        while (now.queuedTasks() + now.runningTasks() > 0 && System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            now = pool.snapshot();
        }
        return now;
    }

    // ---- the threads of the run -----------------------------------------------------------------------------------

    private void judgeAll() throws InterruptedException {
        try {
            for (; ; ) {
                Flight flight = done.take();
                if (inFlight.remove(flight.task.number(), flight)) { // else it was given up
                    judge.judge(flight);
                    slots.release();
                }
            }
        } finally {
            judge.lookAgainAtAll();
        }
    }

    private void tellProgress() throws InterruptedException {
        while (!allOver.await(settings.progressEvery().toNanos(), TimeUnit.NANOSECONDS)) {
            settings.progress().accept(ledger.report(pool.snapshot()));
        }
    }

    private interface Body {
        void run() throws InterruptedException;
    }

    private Thread start(String role, Body body) {
        Thread thread = new Thread(() -> guarded(role, body), "chaos-" + role);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return thread;
    }

    private void guarded(String role, Body body) {
        try {
            body.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // how the threads of a run are told to end
        } catch (RuntimeException | Error e) {
            ledger.discrepancy("the monkey itself failed, in its thread " + role + ": " + e);
        }
    }

    /** The disturber ends by itself, and must not be interrupted before it has continued what it stopped. */
    private void endThreads(Thread disturbing) {
        submissionOver.countDown();
        allOver.countDown();
        boolean interrupted = joined(disturbing);
        for (Thread thread : threads) {
            thread.interrupt();
            interrupted |= joined(thread);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for its end; whether this thread was interrupted meanwhile. */
    private static boolean joined(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }
}
