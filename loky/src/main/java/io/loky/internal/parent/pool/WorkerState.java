/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

/**
 * Where a worker is. The legal paths:
 *
 * <pre>
 *   STARTING -> IDLE <-> BUSY <-> INTERRUPTED
 *   STARTING -> SPARE -> IDLE                              in reserve, until it gets a place
 *   IDLE | SPARE -> RETIRING -> GONE
 *   STARTING | IDLE | BUSY | INTERRUPTED | SPARE | RETIRING -> KILLING -> GONE
 *   any -> GONE                                            it died by itself
 * </pre>
 */
enum WorkerState {
    /** Its process is being started, or has not greeted yet. */
    STARTING,
    /** Ready and without a task. */
    IDLE,
    /** Has been sent a task that it has not answered; or looks, after an answer, whether it is fit for another one. */
    BUSY,
    /** Has a task that nobody wants any more, and was told so: has until the end of its grace to answer. To users it is busy. */
    INTERRUPTED,
    /** Ready, and in reserve: gets no task before it has a place. */
    SPARE,
    /** Told to leave. */
    RETIRING,
    /** Being ended by force. */
    KILLING,
    /** Its process has ended, and all that it had sent has been read. Terminal. */
    GONE;

    /** Whether it has a task, or is busy with itself. */
    boolean isBusy() {
        return this == BUSY || this == INTERRUPTED;
    }

    boolean mayBecome(WorkerState next) {
        return switch (this) {
            case STARTING -> next == IDLE || next == SPARE || next == KILLING || next == GONE;
            case IDLE -> next == BUSY || next == RETIRING || next == KILLING || next == GONE;
            case BUSY -> next == IDLE || next == INTERRUPTED || next == KILLING || next == GONE;
            case INTERRUPTED -> next == BUSY || next == KILLING || next == GONE;
            case SPARE -> next == IDLE || next == RETIRING || next == KILLING || next == GONE;
            case RETIRING -> next == KILLING || next == GONE;
            case KILLING -> next == GONE;
            case GONE -> false;
        };
    }
}
