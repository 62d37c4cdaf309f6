/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.internal.parent.pool.Coverage.Case;
import io.loky.internal.parent.pool.FakeProcess.Lane;
import io.loky.internal.parent.pool.FakeProcess.Life;
import io.loky.internal.parent.pool.FakeProcess.Note;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is around the state: threads that do what it wants, later and overtaking each other, and processes that do what they
 * like.
 *
 * <pre>
 *   the state  --- actions ---&gt;  batches, one for each event: a thread of the shell does its actions in order
 *       ^                             |
 *       |                             v
 *       +--- messages, in order --- processes: greet, begin, answer, die, leave, freeze or cannot be killed
 * </pre>
 *
 * A worker's own thread does the actions of one message before it reads the next one. A worker that is given up has its end
 * told by another thread, while its own one reads on.
 */
final class FakeShell {
    private final Setup setup;
    private final Journal journal;
    private final Coverage coverage;
    private final Fault fault;
    private final CheckedState state;

    private final List<Batch> batches = new ArrayList<>();

    /** Those of which something may still come. */
    private final List<FakeProcess> processes = new ArrayList<>();

    /** What is executed with a larger heap, and whether it has its answer. */
    private final List<Story> larger = new ArrayList<>();

    private final List<Story> answered = new ArrayList<>();

    private int faultsLeft;

    /** What one event made the state ask for, and the thread that does it. */
    private static final class Batch {
        final List<Action<FakeProcess>> actions;
        final @Nullable Lane lane;
        int next;

        /** A look that has been taken and not been told; null where there is none. */
        @Nullable
        FakeProcess looked;

        long beats;

        Batch(List<Action<FakeProcess>> actions, @Nullable Lane lane) {
            this.actions = actions;
            this.lane = lane;
        }
    }

    FakeShell(Setup setup, Journal journal, Coverage coverage, Fault fault) {
        this.setup = setup;
        this.journal = journal;
        this.coverage = coverage;
        this.fault = fault;
        this.faultsLeft = fault == Fault.NONE ? 0 : 1;
        this.state = new CheckedState(setup, this::makeProcess, journal, coverage);
    }

    CheckedState state() {
        return state;
    }

    private FakeProcess makeProcess(int number, int index, int maxWorkers) {
        FakeProcess process = new FakeProcess(number, index);
        processes.add(process);
        return process;
    }

    // ---- threads of the shell
    // -----------------------------------------------------------------------------------------

    /** After each event: some thread has to do what it has made necessary. */
    void dispatch(@Nullable Lane lane) {
        List<Action<FakeProcess>> actions = state.takeActions();
        if (!actions.isEmpty()) {
            batches.add(new Batch(actions, lane));
            if (lane != null) {
                lane.busy = true;
            }
        }
    }

    boolean hasActions() {
        return !batches.isEmpty();
    }

    /** One thread does its next action. */
    boolean perform(int which, long now) {
        if (batches.isEmpty()) {
            return false;
        }
        int choice = which % batches.size();
        Batch batch = batches.get(choice);
        FakeProcess looked = batch.looked;
        if (looked != null) {
            batch.looked = null;
            state.heard(looked, batch.beats, now);
            dispatch(null);
            if (looked.takesTooMuch) {
                state.tookTooMuch(looked, now);
                dispatch(null);
            }
        } else {
            perform(batch.actions.get(batch.next++), batch);
        }
        if (batch.next == batch.actions.size() && batch.looked == null) {
            batches.remove(choice);
            if (batch.lane != null) {
                batch.lane.busy = false;
            }
        }
        return true;
    }

    private void perform(Action<FakeProcess> action, Batch batch) {
        if (journal.isKept()) {
            journal.line("  done: " + ActionChecks.words(action));
        }
        if (action instanceof Action.Start<FakeProcess> start) {
            start(start.worker().handle());
        } else if (action instanceof Action.Send<FakeProcess> send) {
            send(send.worker().handle(), (Story) send.task());
        } else if (action instanceof Action.Retire<FakeProcess> retire) {
            retire(retire.worker().handle());
        } else if (action instanceof Action.Kill<FakeProcess> kill) {
            kill(kill.worker().handle());
        } else if (action instanceof Action.Abandon<FakeProcess> abandon) {
            giveUp(abandon.worker().handle());
        } else if (action instanceof Action.Listen<FakeProcess> listen) {
            batch.looked = listen.worker().handle();
            batch.beats = look(listen.worker().handle());
        } else if (action instanceof Action.Enlarge<FakeProcess> enlarge) {
            larger.add((Story) enlarge.task());
        } else if (action instanceof Action.Admit<FakeProcess> admit) {
            ((Story) admit.admission().task()).goesOn = true;
        }
    }

    /** One of those with a larger heap gets on: has its answer, or is gone without a trace. */
    boolean endLarger(int which, long now) {
        if (!larger.isEmpty()) {
            Story story = larger.remove(which % larger.size());
            answered.add(story);
            state.ranOutside(story, now);
        } else if (!answered.isEmpty()) {
            state.outsideCleared(answered.remove(0), now);
        } else {
            return false;
        }
        dispatch(null);
        return true;
    }

    private void start(FakeProcess process) {
        if (process.life != Life.NOT_STARTED) {
            throw new Violation(process + " is started twice");
        }
        process.life = Life.RUNNING;
        if (process.killed) {
            coverage.met(Case.KILLED_BEFORE_STARTED);
            end(process);
        }
    }

    private void send(FakeProcess process, Story story) {
        if (process.life == Life.DEAD) {
            coverage.met(Case.SENT_TO_A_DEAD_WORKER);
        } else if (!process.waitsForATask()) {
            throw new Violation(process + " is sent a task, but does not wait for one");
        } else {
            process.current = story;
        }
    }

    private static void retire(FakeProcess process) {
        if (process.life != Life.DEAD && !process.waitsForATask()) {
            throw new Violation(process + " is told to leave, but does not wait");
        }
        process.toldToLeave = true;
    }

    private void kill(FakeProcess process) {
        process.killed = true;
        if (process.life == Life.RUNNING && !process.unkillable) {
            end(process);
        }
    }

    /** Its end is told by another thread, now, however far it is; unless its own thread does so already. */
    private void giveUp(FakeProcess process) {
        kill(process);
        if (process.life == Life.NOT_STARTED) {
            coverage.met(Case.GIVEN_UP_BEFORE_STARTED);
        } else if (!process.concluded && !goesWrong(Fault.FORGET_TO_GIVE_UP)) {
            process.concluded = true;
            process.side.inbox.addLast(Note.END);
        }
    }

    private long look(FakeProcess process) {
        if (!process.greeted) {
            return -1;
        }
        if (process.life == Life.DEAD) {
            if (process.seenDead) {
                giveUp(process);
            }
            process.seenDead = true;
            return -1;
        }
        process.looks++;
        if (setup.blindLooks > 0 && process.looks % setup.blindLooks == 0) {
            return -1;
        }
        if (!process.frozen) {
            process.beats++;
        }
        process.stillReadings = process.beats == process.lastReading ? process.stillReadings + 1 : 0;
        process.mostStillReadings = Math.max(process.mostStillReadings, process.stillReadings);
        process.lastReading = process.beats;
        return process.beats;
    }

    // ---- processes
    // ------------------------------------------------------------------------------------------------------

    /** The first process from this one on that can do something does it. */
    boolean act(int from) {
        int size = processes.size();
        for (int i = 0; i < size; i++) {
            if (actAlone(processes.get((from + i) % size))) {
                return true;
            }
        }
        return false;
    }

    /** This process does what it would do next, if there is something. */
    boolean actAlone(FakeProcess process) {
        if (process.life != Life.RUNNING || process.frozen) {
            return false;
        }
        Story current = process.current;
        boolean begun = current != null && process.lastBegun == current;
        if (process.killed) {
            // It cannot be killed. The answer that it was writing may get out.
            return begun && answer(process, current);
        }
        if (!process.greeted) {
            say(process, "greets");
            process.greeted = true;
            process.own.inbox.addLast(Note.GREETING);
        } else if (process.toldToLeave) {
            say(process, "leaves");
            end(process);
        } else if (current == null) {
            return false;
        } else if (begun) {
            return answer(process, current);
        } else {
            begin(process, current);
        }
        return true;
    }

    private void begin(FakeProcess process, Story story) {
        if (journal.isKept()) {
            journal.line(process + " begins " + story);
        }
        if (story.begun) {
            throw new Violation(story + " is begun twice");
        }
        story.begun = true;
        process.lastBegun = story;
    }

    private boolean answer(FakeProcess process, Story story) {
        if (journal.isKept()) {
            journal.line(process + " answers " + story);
        }
        process.current = null;
        if (!goesWrong(Fault.LOSE_AN_ANSWER)) {
            process.own.inbox.addLast(story);
        }
        return true;
    }

    void answerUnasked(FakeProcess process) {
        if (process.life == Life.RUNNING && process.greeted && !process.killed) {
            say(process, "writes an answer that nobody has asked for");
            process.own.inbox.addLast(Note.UNASKED_ANSWER);
        }
    }

    void beUnfit(FakeProcess process, EndReason reason) {
        if (process.life == Life.RUNNING && process.greeted && !process.killed) {
            if (journal.isKept()) {
                journal.line(process + " says that it is unfit: " + reason);
            }
            process.own.inbox.addLast(reason);
        }
    }

    /** It dies by itself, wherever it is. */
    boolean die(FakeProcess process) {
        if (process.life != Life.RUNNING) {
            return false;
        }
        say(process, "dies");
        if (process.seen == WorkerState.SPARE) {
            coverage.met(Case.SPARE_DIED);
        }
        if (process.seen == WorkerState.GONE) {
            coverage.met(Case.DIED_AFTER_IT_WAS_GIVEN_UP);
        } else if (!process.greeted) {
            coverage.met(Case.DIED_STARTING);
        } else if (process.toldToLeave) {
            coverage.met(Case.DIED_LEAVING);
        } else if (process.current != null) {
            coverage.met(process.lastBegun == process.current ? Case.DIED_TASK_BEGUN : Case.DIED_TASK_NOT_BEGUN);
        } else if (process.assigned != null) {
            coverage.met(process.lastBegun == process.assigned ? Case.DIED_ANSWER_UNREAD : Case.DIED_TASK_ON_ITS_WAY);
        } else {
            coverage.met(Case.DIED_IDLE);
        }
        end(process);
        return true;
    }

    private static void end(FakeProcess process) {
        process.life = Life.DEAD;
        if (!process.pipeHeld) {
            process.own.inbox.addLast(Note.END);
        }
    }

    void letPipeGo(FakeProcess process) {
        if (process.pipeHeld) {
            say(process, "has its pipe no longer held open by another");
            process.pipeHeld = false;
            if (process.life == Life.DEAD) {
                process.own.inbox.addLast(Note.END);
            }
        }
    }

    /** One of those that may yet do something, or null if there is none. */
    @Nullable
    FakeProcess process(int which) {
        return processes.isEmpty() ? null : processes.get(which % processes.size());
    }

    List<FakeProcess> processes() {
        return processes;
    }

    void say(FakeProcess process, String what) {
        if (journal.isKept()) {
            journal.line(process + " " + what);
        }
    }

    // ---- threads that tell of a worker
    // ------------------------------------------------------------------------------------

    /** The first thread from this one on that has something to tell does so. */
    boolean read(int from, long now) {
        int size = processes.size();
        for (int i = 0; i < size; i++) {
            FakeProcess process = processes.get((from + i) % size);
            boolean sideFirst = (from & 1) == 1;
            if (read(process, sideFirst ? process.side : process.own, now)
                    || read(process, sideFirst ? process.own : process.side, now)) {
                if (process.isOver()) {
                    processes.remove(process);
                }
                return true;
            }
        }
        return false;
    }

    private boolean read(FakeProcess process, Lane lane, long now) {
        if (lane.busy || lane.inbox.isEmpty()) {
            return false;
        }
        Object message = lane.inbox.removeFirst();
        if (message == Note.GREETING) {
            if (!goesWrong(Fault.LOSE_A_GREETING)) {
                state.ready(process, now);
            }
        } else if (message == Note.END) {
            readEnd(process, lane, now);
        } else if (message == Note.UNASKED_ANSWER) {
            if (state.answeredUnasked(process, now)) {
                distrust(process);
            }
        } else if (message == Note.CLEARED) {
            if (!goesWrong(Fault.FORGET_WHAT_IS_LEFT)) {
                state.cleared(process, now);
            }
        } else if (message instanceof EndReason reason) {
            state.unfit(process, reason, now);
        } else {
            state.answered(process, (Story) message, now);
        }
        dispatch(lane);
        return true;
    }

    /** What it says is no longer understood, so nothing more is read: it is ended, and its end told. */
    private void distrust(FakeProcess process) {
        process.pipeHeld = false;
        kill(process);
        process.own.inbox.clear();
        process.own.inbox.addLast(Note.END);
    }

    private void readEnd(FakeProcess process, Lane lane, long now) {
        if (lane == process.own) {
            if (process.concluded) {
                return; // told by the other thread
            }
            process.concluded = true;
        }
        if (goesWrong(Fault.LOSE_AN_END)) {
            return;
        }
        state.gone(process, lane == process.side, now);
        if (goesWrong(Fault.TELL_AN_END_TWICE)) {
            state.gone(process, lane == process.side, now);
        }
        lane.inbox.addLast(Note.CLEARED);
    }

    /** Whether this goes wrong, on purpose and once. */
    private boolean goesWrong(Fault what) {
        if (fault != what || faultsLeft == 0) {
            return false;
        }
        faultsLeft--;
        return true;
    }

    /** What may go wrong in the shell on purpose, to see that the checks notice. */
    enum Fault {
        NONE,
        LOSE_A_GREETING,
        LOSE_AN_ANSWER,
        LOSE_AN_END,
        TELL_AN_END_TWICE,
        FORGET_TO_GIVE_UP,
        FORGET_WHAT_IS_LEFT
    }
}
