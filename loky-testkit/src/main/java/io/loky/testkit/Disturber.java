/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.CrashReport;
import io.loky.CrashReport.Cause;
import io.loky.ProcessPoolExecutor;
import io.loky.WorkerSnapshot;
import io.loky.testkit.ChaosMonkey.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Disturbs workers from outside, and remembers which, so that each death that follows can be told from one that nobody has
 * caused. Each worker is disturbed once at most. A strike is written down before it is done: the task that fails by it may
 * be judged before the signal was seen to be sent. Thread-safe.
 */
final class Disturber {
    private final Settings settings;
    private final ProcessPoolExecutor pool;
    private final Ledger ledger;
    private final SplittableRandom random;
    private final Map<Disturbance, Long> nextNanos = new EnumMap<>(Disturbance.class);

    /** Guarded by this: those that may still fail a task, or whose worker may still be there. */
    private final List<Strike> strikes = new ArrayList<>();

    /** Guarded by this: the strikes whose workers are stopped now. */
    private final List<Strike> stopped = new ArrayList<>();

    Disturber(Settings settings, ProcessPoolExecutor pool, Ledger ledger) {
        this.settings = settings;
        this.pool = pool;
        this.ledger = ledger;
        this.random = new SplittableRandom(~settings.seed());
    }

    // ---- the disturber's own thread -------------------------------------------------------------------------------

    /** Until the end is announced; then no worker is stopped any more. */
    void run(CountDownLatch end) throws InterruptedException {
        try {
            long start = System.nanoTime();
            settings.rates().keySet().forEach(kind -> nextNanos.put(kind, start + pauseNanos(kind)));
            while (!end.await(untilNext(), TimeUnit.NANOSECONDS)) {
                step(System.nanoTime());
            }
        } finally {
            continueAll();
        }
    }

    private long untilNext() {
        long now = System.nanoTime();
        long wait = TimeUnit.SECONDS.toNanos(1);
        for (long next : nextNanos.values()) {
            wait = Math.min(wait, next - now);
        }
        synchronized (this) {
            for (Strike strike : stopped) {
                wait = Math.min(wait, strike.continueNanos - now);
            }
        }
        return wait;
    }

    private void step(long now) throws InterruptedException {
        for (Map.Entry<Disturbance, Long> next : nextNanos.entrySet()) {
            if (next.getValue() - now <= 0) {
                strike(next.getKey());
                next.setValue(System.nanoTime() + pauseNanos(next.getKey()));
            }
        }
        List<Strike> due;
        synchronized (this) {
            due = stopped.stream()
                    .filter(strike -> strike.continueNanos - now <= 0)
                    .toList();
        }
        for (Strike strike : due) {
            continueWorker(strike);
        }
        forgetOld(now);
    }

    /** Exponentially distributed, as the pauses of events are that do not know of each other. */
    private long pauseNanos(Disturbance kind) {
        double perSecond = settings.rates().getOrDefault(kind, 0.0);
        return (long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e9);
    }

    private void strike(Disturbance kind) throws InterruptedException {
        List<WorkerSnapshot> candidates =
                pool.snapshot().workers().stream().filter(this::mayBeStruck).toList();
        if (candidates.isEmpty()) {
            return;
        }
        WorkerSnapshot worker = candidates.get(random.nextInt(candidates.size()));
        Optional<ProcessHandle> process = ProcessHandle.of(worker.pid().orElseThrow());
        // The handle names the process for good; if the worker is still there now, it is that of the worker.
        if (process.isEmpty() || !isStillThere(worker)) {
            return;
        }
        Strike strike = newStrike(kind, worker.number(), process.get());
        synchronized (this) {
            strikes.add(strike);
            if (kind == Disturbance.STOP) {
                stopped.add(strike);
            }
        }
        ledger.disturbed(kind);
        if (!isDone(strike)) {
            ledger.notDisturbed(kind);
            synchronized (this) {
                strikes.remove(strike);
                stopped.remove(strike);
            }
        }
    }

    private Strike newStrike(Disturbance kind, int workerNumber, ProcessHandle process) {
        long now = System.nanoTime();
        long stopNanos = random.nextLong(settings.stopFor().toNanos());
        return new Strike(kind, workerNumber, process, now, now + stopNanos);
    }

    private boolean mayBeStruck(WorkerSnapshot worker) {
        boolean atWork = worker.state() == WorkerSnapshot.State.IDLE || worker.state() == WorkerSnapshot.State.BUSY;
        if (!atWork || worker.pid().isEmpty() || worker.tasksDone() == 0) {
            return false;
        }
        synchronized (this) {
            return strikes.stream().noneMatch(strike -> strike.workerNumber == worker.number());
        }
    }

    private boolean isStillThere(WorkerSnapshot worker) {
        return pool.snapshot().workers().stream()
                .anyMatch(now -> now.number() == worker.number() && now.pid().equals(worker.pid()));
    }

    /** Whether the signal reached a process that was alive. */
    private boolean isDone(Strike strike) throws InterruptedException {
        if (!strike.process.isAlive()) {
            return false;
        }
        return switch (strike.kind) {
            case KILL -> strike.process.destroyForcibly();
            case STOP -> isSent("STOP", strike);
        };
    }

    private boolean isSent(String signal, Strike strike) throws InterruptedException {
        try {
            Signals.send(signal, strike.process.pid());
            return true;
        } catch (IOException e) {
            if (strike.process.isAlive()) {
                ledger.discrepancy("the monkey could not disturb worker pid " + strike.process.pid() + ": " + e);
            }
            return false;
        }
    }

    /** A task that a strike fails is done within the patience of the run; one that has failed none by then never will. */
    private synchronized void forgetOld(long now) {
        long old = 2 * settings.patience().toNanos();
        strikes.removeIf(strike -> now - strike.atNanos > old
                && !stopped.contains(strike)
                && (strike.kind == Disturbance.STOP || !strike.process.isAlive()));
    }

    // ---- any thread -----------------------------------------------------------------------------------------------

    /** The disturbance that this death follows from, which then follows from no other; null if there is none. */
    @Nullable
    synchronized Disturbance claim(CrashReport report, long seenNanos) {
        // The worker lived since then; process ids are used again, and an earlier worker may have had the same.
        long since = seenNanos - report.uptime().toNanos() - settings.patience().toNanos();
        for (Strike strike : strikes) {
            if (!strike.claimed
                    && strike.process.pid() == report.pid()
                    && strike.atNanos - since >= 0
                    && leadsTo(strike.kind, report)) {
                strike.claimed = true;
                return strike.kind;
            }
        }
        return null;
    }

    private static boolean leadsTo(Disturbance kind, CrashReport report) {
        return switch (kind) {
            case KILL ->
                report.cause() == Cause.KILLED_BY_SIGNAL
                        && report.signal().filter("SIGKILL"::equals).isPresent();
            case STOP -> report.cause() == Cause.UNRESPONSIVE;
        };
    }

    /** Continues all workers that are stopped. May be called again, and at the end of the JVM. */
    void continueAll() throws InterruptedException {
        List<Strike> all;
        synchronized (this) {
            all = List.copyOf(stopped);
        }
        for (Strike strike : all) {
            continueWorker(strike);
        }
    }

    private void continueWorker(Strike strike) throws InterruptedException {
        if (strike.process.isAlive() && !isSent("CONT", strike)) {
            strike.process.destroyForcibly(); // better dead than stopped for good
        }
        synchronized (this) {
            stopped.remove(strike);
        }
    }
}
