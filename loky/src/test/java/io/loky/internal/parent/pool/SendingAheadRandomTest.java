/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.ProcessPoolOptions;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.pool.PoolState.Submission;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import io.loky.internal.wire.BeginMark;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Tasks that are sent ahead, in random orders of what workers, users and time do. A model beside that of {@link
 * PoolStateRandomTest}, in which nothing is sent ahead: here workers have a pipe, and begin what is in it when they like. A failure says
 * with which seed it is repeated: {@code -Dloky.seed=<n> -Dloky.runs=1}.
 */
class SendingAheadRandomTest {
    private static final long RUNS = Long.getLong("loky.runs", 10_000);
    private static final long SEED =
            Long.getLong("loky.seed", ThreadLocalRandom.current().nextLong());
    private static final long MICRO = 1_000;
    private static final int WEIGHT = 300;

    @Test
    void anyOrderOfEvents_everyTaskIsExecutedOnceAtMostAndEndsOnce() {
        Counts counts = new Counts();
        for (long run = 0; run < RUNS; run++) {
            long seed = SEED + run;
            try {
                new Run(seed, counts).execute();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("repeat with -Dloky.seed=" + seed + " -Dloky.runs=1", e);
            }
        }
        if (RUNS >= 1_000) {
            assertThat(counts.ahead).as("sent ahead, seed %d", SEED).isPositive();
            assertThat(counts.refused)
                    .as("met by a worker after it was taken back")
                    .isPositive();
            assertThat(counts.cancelledAhead).as("cancelled ahead").isPositive();
            assertThat(counts.beyond)
                    .as("cancelled while its worker was beyond it")
                    .isPositive();
            assertThat(counts.diedBeyond)
                    .as("its worker died beyond the answers that arrived")
                    .isPositive();
        }
    }

    /** What all runs have met. */
    private static final class Counts {
        long ahead;
        long refused;
        long cancelledAhead;
        long beyond;
        long diedBeyond;
    }

    private static final class Tale extends Task {
        final boolean mayBeAhead;
        int begun;
        int outcomes;
        boolean mustNotBegin;

        @Nullable
        Sim executedBy;

        Tale(long id, long limit, boolean mayBeAhead) {
            super(id, limit, 0);
            this.mayBeAhead = mayBeAhead;
        }

        @Override
        public boolean mayBeSentAhead() {
            return mayBeAhead && lostStarts() == 0;
        }

        @Override
        public int weight() {
            return WEIGHT;
        }
    }

    private record Sent(Tale task, long number) {}

    /** A worker JVM: what is on its way to it, what it executes, and what is on its way from it. */
    private static final class Sim {
        final int number;
        final ArrayDeque<Sent> pipe = new ArrayDeque<>();
        final ArrayDeque<Object> told = new ArrayDeque<>();
        long sent;
        long claimed;
        long kept;
        long last;
        boolean claims;
        boolean greeted;
        boolean dead;
        boolean leaves;
        boolean holds;

        @Nullable
        Tale executing;

        long lastBegun;

        @Nullable
        Worker<Sim> worker;

        Sim(int number) {
            this.number = number;
        }
    }

    private static final class Run implements SendingAhead.Claimed<Sim> {
        private static final String READY = "ready";
        private static final String END = "end";
        private static final String HOLDS = "looks at itself";
        private static final String FREE = "free";

        final SplittableRandom random;
        final Counts counts;
        final PoolState<Sim> state;
        final List<Sim> sims = new ArrayList<>();
        final List<Tale> tales = new ArrayList<>();
        final boolean hasGrace;
        long now = -7_000_000_000L;

        Run(long seed, Counts counts) {
            this.random = new SplittableRandom(seed);
            this.counts = counts;
            this.hasGrace = random.nextBoolean();
            ProcessPoolOptions.Builder options = ProcessPoolOptions.builder()
                    .maxWorkers(1 + random.nextInt(3))
                    .heartbeat(Duration.ofDays(1))
                    .cancelGrace(hasGrace ? Duration.ofMillis(100) : Duration.ZERO);
            if (random.nextInt(3) == 0) {
                options.queueCapacity(1 + random.nextInt(20));
            }
            if (random.nextInt(4) == 0) {
                options.spareWorkers(1);
            }
            this.state = new PoolState<>(PoolLimits.of(options.build()), (number, index, max) -> new Sim(number), this);
        }

        void execute() {
            event(out -> state.open(now, out));
            int steps = 100 + random.nextInt(300);
            for (int i = 0; i < steps; i++) {
                step();
            }
            if (random.nextInt(4) == 0) {
                event(out -> state.stop(now, out).forEach(task -> check(((Tale) task).begun == 0, task + " has run")));
            } else {
                event(out -> state.shutdown(now, out));
            }
            for (int i = 0; state.phase() != PoolSnapshot.State.TERMINATED; i++) {
                check(i < 20_000, "the pool does not terminate: " + state.workers());
                goOn();
            }
            for (Tale tale : tales) {
                check(tale.outcomes == 1, "#" + tale.id() + " has " + tale.outcomes + " outcomes: " + tale.state());
            }
        }

        private void step() {
            int dice = random.nextInt(100);
            if (dice < 30) {
                for (int i = 1 + random.nextInt(8); i > 0; i--) {
                    submit();
                }
            } else if (dice < 33) {
                cancel();
            } else if (dice < 34) {
                Sim sim = anySim();
                if (sim != null && sim.greeted) {
                    die(sim);
                }
            } else if (dice < 35) {
                int size = 1 + random.nextInt(3);
                event(out -> state.adapt(Limits.maxWorkers(state.limits(), size), now, out));
            } else if (dice < 37) {
                Sim sim = anySim();
                if (sim != null && sim.worker != null && sim.greeted && !sim.dead) {
                    Worker<Sim> worker = sim.worker;
                    event(out -> state.recycle(worker, EndReason.UNHEALTHY, "", now, out));
                }
            } else if (dice < 45) {
                pass(random.nextInt(8) == 0 ? 4_000 * MICRO : (1 + random.nextInt(30)) * MICRO);
            } else {
                goOn();
            }
        }

        private @Nullable Sim anySim() {
            return sims.isEmpty() ? null : sims.get(random.nextInt(sims.size()));
        }

        private void submit() {
            boolean usual = random.nextInt(10) > 0;
            Tale tale = new Tale(
                    tales.size() + 1L, usual ? Task.UNLIMITED : (1 + random.nextInt(50)) * 1_000 * MICRO, usual);
            event(out -> {
                if (state.submit(tale, now, out) == Submission.TAKEN) {
                    tales.add(tale);
                }
            });
        }

        private void cancel() {
            if (tales.isEmpty()) {
                return;
            }
            Tale tale = tales.get(Math.max(0, tales.size() - 1 - random.nextInt(30)));
            boolean waits = tale.state() == TaskState.QUEUED && tale.begun == 0;
            counts.cancelledAhead += tale.isAhead() ? 1 : 0;
            boolean beyond = tale.begun > 0
                    && !tale.state().isTerminal()
                    && tale.executedBy != null
                    && tale.executedBy.executing != tale;
            counts.beyond += beyond ? 1 : 0;
            boolean kills = random.nextBoolean();
            event(out -> {
                if (state.cancel(tale, kills, now, out)) {
                    ended(tale);
                    tale.mustNotBegin = waits;
                }
            });
        }

        private void pass(long nanos) {
            now += nanos;
            if (state.nextDeadlineNanos() <= now) {
                event(out -> state.tick(now, out));
                for (Worker<Sim> worker : state.workers()) {
                    check(
                            worker.ahead.isEmpty()
                                    || !worker.ahead.peekLast().task.isAhead()
                                    || now - worker.sentNanos < SendingAhead.LONG_NANOS,
                            "tasks wait behind a long one of " + worker);
                }
            }
        }

        /** Something that is under way goes on; where nothing is, time passes. */
        private void goOn() {
            int from = sims.isEmpty() ? 0 : random.nextInt(sims.size());
            for (int i = 0; i < sims.size(); i++) {
                Sim sim = sims.get((from + i) % sims.size());
                if (random.nextBoolean() ? act(sim) || hear(sim) : hear(sim) || act(sim)) {
                    now += random.nextInt(3) * MICRO;
                    return;
                }
            }
            long due = state.nextDeadlineNanos();
            pass(due == Worker.NEVER ? 1 : Math.max(1, Math.min(due - now, 1_000_000_000L)));
        }

        // ---- a worker -------------------------------------------------------------------------------------------

        private boolean act(Sim sim) {
            if (sim.dead || sim.worker == null) {
                return false;
            }
            if (!sim.greeted) {
                sim.greeted = true;
                sim.told.add(READY);
                return true;
            }
            Tale executing = sim.executing;
            if (executing != null) {
                sim.executing = null;
                sim.holds = random.nextInt(20) == 0;
                if (sim.holds) {
                    sim.told.add(HOLDS);
                }
                sim.told.add(executing);
                sim.claims = true;
                return true;
            }
            if (sim.holds) {
                sim.holds = false;
                sim.told.add(FREE);
                return true;
            }
            Sent next = sim.pipe.poll();
            if (next != null) {
                begin(sim, next);
                return true;
            }
            if (sim.leaves) {
                die(sim);
                return true;
            }
            return false;
        }

        private void begin(Sim sim, Sent sent) {
            if (sent.number <= sim.last && sent.number != sim.kept) {
                counts.refused++;
                return;
            }
            sim.claimed = sent.number;
            Tale tale = sent.task;
            check(!tale.mustNotBegin, tale.id() + " is begun, and was cancelled before");
            check(++tale.begun == 1, tale.id() + " is begun twice");
            tale.executedBy = sim;
            sim.executing = tale;
            sim.lastBegun = tale.id();
        }

        /** What it has answered may be lost with it: its channel was broken. */
        private void die(Sim sim) {
            if (!sim.dead) {
                sim.dead = true;
                if (random.nextInt(4) == 0) {
                    sim.told.removeIf(told -> told instanceof Tale);
                }
                sim.told.add(END);
            }
        }

        private boolean hear(Sim sim) {
            Object next = sim.told.poll();
            Worker<Sim> worker = sim.worker;
            if (next == null || worker == null) {
                return false;
            }
            if (next == READY) {
                event(out -> state.workerReady(worker, now, out));
            } else if (next == END) {
                gone(sim, worker);
            } else if (next == HOLDS) {
                state.holds(worker);
            } else if (next == FREE) {
                event(out -> state.free(worker, now, out));
            } else {
                Tale tale = (Tale) next;
                event(out -> {
                    if (state.answered(worker, tale.id(), now, out)) {
                        ended(tale);
                    }
                });
            }
            return true;
        }

        private void gone(Sim sim, Worker<Sim> worker) {
            BeginMark.Reading mark = sim.lastBegun == 0
                    ? BeginMark.Reading.NONE
                    : new BeginMark.Reading(sim.lastBegun, BeginMark.Phase.RUNNING);
            WorkerEnd end = new WorkerEnd(
                    sim.number, true, OptionalInt.of(137), Duration.ofSeconds(1), 0, mark, List.of(), null);
            Task task = worker.task;
            counts.diedBeyond += task != null && sim.claimed > worker.taskNumber ? 1 : 0;
            event(out -> state.workerGone(worker, end, task != null && end.hasBegun(task.id()), now, out));
            event(out -> state.workerCleared(now, out));
            sims.remove(sim);
        }

        // ---- the state ------------------------------------------------------------------------------------------

        private interface Event {
            void happen(List<Action<Sim>> out);
        }

        private void event(Event event) {
            List<Action<Sim>> out = new ArrayList<>();
            event.happen(out);
            out.forEach(this::perform);
            checkStanding();
        }

        private void perform(Action<Sim> action) {
            if (action instanceof Action.Start<Sim> start) {
                Sim sim = start.worker().handle();
                sim.worker = start.worker();
                sims.add(sim);
            } else if (action instanceof Action.Send<Sim> send) {
                send(send.worker().handle(), send.task());
            } else if (action instanceof Action.SendAhead<Sim> send) {
                counts.ahead++;
                send(send.worker().handle(), send.task());
            } else if (action instanceof Action.Retire<Sim> retire) {
                Sim sim = retire.worker().handle();
                check(sim.dead || sim.executing == null, retire.worker() + " is told to leave while it executes");
                sim.leaves = true;
            } else if (action instanceof Action.Kill<Sim> kill) {
                kill(kill.worker());
            } else if (action instanceof Action.Fail<Sim> fail) {
                Tale tale = (Tale) fail.task();
                ended(tale);
                if (fail.failure() instanceof Failure.WorkerDied) {
                    check(tale.begun > 0 || tale.lostStarts() >= 2, "#" + tale.id() + " fails, and had not begun");
                } else if (fail.failure() instanceof Failure.TimedOut) {
                    checkHasLimit(tale);
                }
            } else if (action instanceof Action.Interrupt<Sim> interrupt
                    && interrupt.worker().interruptedFor == EndReason.TASK_TIMEOUT) {
                checkHasLimit((Tale) interrupt.task());
            }
        }

        private static void send(Sim sim, Task task) {
            sim.pipe.add(new Sent((Tale) task, ++sim.sent));
            int unread = sim.pipe.size() * WEIGHT;
            check(
                    unread <= 2 * SendingAhead.MOST_WEIGHT + WEIGHT,
                    "worker " + sim.number + " has " + unread + " bytes to read");
        }

        private void kill(Worker<Sim> worker) {
            Sim sim = worker.handle();
            Tale executing = sim.executing;
            if (worker.endReason == EndReason.CANCELLED || worker.endReason == EndReason.TASK_TIMEOUT) {
                check(
                        executing == null || executing.state().isTerminal(),
                        worker + " is killed for another task than that which it executes");
            }
            die(sim);
        }

        private static void ended(Tale tale) {
            check(++tale.outcomes == 1, "#" + tale.id() + " ends twice");
        }

        private static void checkHasLimit(Tale tale) {
            check(tale.limitNanos() != Task.UNLIMITED, "#" + tale.id() + " has reached a limit, and has none");
        }

        private void checkStanding() {
            if (state.phase() != PoolSnapshot.State.RUNNING && state.phase() != PoolSnapshot.State.SHUTDOWN) {
                return;
            }
            long idle = state.workers().stream()
                    .filter(worker -> worker.state() == WorkerState.IDLE)
                    .count();
            check(idle == 0 || state.waiting() == 0, state.waiting() + " tasks wait while a worker is idle");
            long ahead = state.workers().stream()
                    .flatMap(worker -> worker.ahead.stream())
                    .filter(entry -> entry.task.isAhead())
                    .count();
            check(
                    ahead == 0
                            || state.phase() == PoolSnapshot.State.SHUTDOWN
                            || state.workers().stream().filter(Worker::isMember).count()
                                    >= state.limits().maxWorkers(),
                    "tasks are ahead while the pool could grow");
        }

        private static void check(boolean holds, String violation) {
            if (!holds) {
                throw new Violation(violation);
            }
        }

        // ---- what workers have begun ----------------------------------------------------------------------------

        @Override
        public boolean canTakeBack(Sim sim) {
            return sim.claims;
        }

        @Override
        public long takeBack(Sim sim, long kept, long sent) {
            check(sent == sim.sent, "the state counts " + sent + " tasks, and " + sim.sent + " were sent");
            sim.kept = kept;
            sim.last = sent;
            return Math.max(sim.claimed, kept);
        }
    }
}
