/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A worker JVM, the pipe from it, and the threads in the parent that tell of it. Without behaviour: the shell moves it. */
final class FakeProcess {
    enum Life {
        NOT_STARTED,
        RUNNING,
        DEAD
    }

    /** What a thread in the parent is told of besides answers, which are the {@link Story} itself. */
    enum Note {
        GREETING,
        UNASKED_ANSWER,
        END,
        CLEARED
    }

    /** A thread in the parent: takes the next message only when it has done what the last one made necessary. */
    static final class Lane {
        final ArrayDeque<Object> inbox = new ArrayDeque<>(4);
        boolean busy;
    }

    final int number;
    final int index;

    // ---- the process ----------------------------------------------------------------------------------------------

    Life life = Life.NOT_STARTED;
    boolean greeted;
    boolean toldToLeave;

    /** SIGKILL was sent. Ends it at once, except where the process cannot be killed; that one does nothing new any more. */
    boolean killed;

    boolean unkillable;

    /** Stopped: does nothing, and its beats do not grow. */
    boolean frozen;

    /** So much memory that the end of its task is not waited for. */
    boolean takesTooMuch;

    /** Another process holds its pipe open, so that its death is not seen there. */
    boolean pipeHeld;

    /** What it has read and not answered. */
    @Nullable
    Story current;

    /** What its mark says: the last that it has begun. */
    @Nullable
    Story lastBegun;

    long beats;

    // ---- its handle in the parent ---------------------------------------------------------------------------------

    /** Reads its pipe. */
    final Lane own = new Lane();

    /** Tells its end where it is given up. */
    final Lane side = new Lane();

    /** One of the two threads tells the end. */
    boolean concluded;

    boolean seenDead;

    /** How many looks have tried to see its beats. */
    int looks;

    // ---- what the pool's state has said of it ---------------------------------------------------------------------

    @Nullable
    Worker<FakeProcess> worker;

    /** Where it was after the last event, since when, and when that must end. */
    WorkerState seen = WorkerState.STARTING;

    long due = Worker.NEVER;

    /** When it must have been told to give memory back, if it has no task until then. */
    long collectBy = Worker.NEVER;

    /** Whether it had a place after the last event. */
    boolean hasPlace;

    /** Why it was to be replaced after the last event; null if it was not. */
    @Nullable
    EndReason leavesFor;

    /** When it was first idle with a place, and when at the latest it must be replaced for its age. */
    boolean serves;

    long servesSince;
    long agesBy = Worker.NEVER;

    /** How many tasks the state gave it. */
    int given;

    /** What the state gave it and has not heard of again. */
    @Nullable
    Story assigned;

    long sentAt;
    boolean sentNow;

    /** When it must be told that its task is slow. */
    long slowBy = Worker.NEVER;

    /** Why its task was to be interrupted; null while it was not. */
    @Nullable
    EndReason interruptedFor;

    long startedAt;
    long readyAt;
    long answers;

    /** Why it was told to leave or killed; null if it was not. */
    @Nullable
    EndReason told;

    boolean killAsked;
    boolean abandonAsked;
    boolean cleared;

    // ---- what the looks have found --------------------------------------------------------------------------------

    /** When the state must have looked at it. */
    long lookBy = Worker.NEVER;

    long toldBeats;
    int silentLooks;

    /** How many looks in a row, and at most, have read the same number as the one before. */
    int stillReadings;

    int mostStillReadings;
    long lastReading;

    FakeProcess(int number, int index) {
        this.number = number;
        this.index = index;
    }

    /** Whether it has greeted, as far as the state says, and is not on its way out. */
    boolean isReady() {
        return seen == WorkerState.IDLE || seen.isBusy() || seen == WorkerState.SPARE;
    }

    boolean isMember() {
        return hasPlace && (seen == WorkerState.STARTING || seen == WorkerState.IDLE || seen.isBusy());
    }

    boolean isInReserve() {
        return !hasPlace && (seen == WorkerState.STARTING || seen == WorkerState.SPARE);
    }

    /** Whether it may get no further task. */
    boolean isUnfit() {
        return leavesFor != null && !Expected.mayGoOn(leavesFor);
    }

    boolean waitsForATask() {
        return life == Life.RUNNING && greeted && current == null && !toldToLeave;
    }

    /** It is gone for good, and nothing more can come of it. */
    boolean isOver() {
        return life == Life.DEAD && cleared && own.inbox.isEmpty() && side.inbox.isEmpty() && !pipeHeld;
    }

    @Override
    public String toString() {
        return "worker " + number;
    }
}
