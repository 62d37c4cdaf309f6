/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

/**
 * Where a task is. The legal paths:
 *
 * <pre>
 *   NEW -> QUEUED -> SENT -> DONE | LOST
 *   NEW -> SENT                                an idle worker was there
 *   SENT -> QUEUED                             not begun when its worker died, or to be executed again
 *   NEW | QUEUED | SENT -> CANCELLED           by the user
 *   NEW | QUEUED -> LOST                       the pool was stopped, cannot start workers, executes none such for now, or it has waited for too long
 *   SENT -> LOST                               its worker died, or it had reached its time limit, or the pool was stopped
 * </pre>
 */
public enum TaskState {
    /** Made, not yet given to the pool. */
    NEW,
    /** Waits for a worker. */
    QUEUED,
    /** Handed to a worker, which may or may not have begun it. */
    SENT,
    /** A worker answered, with a value or a throwable. Terminal. */
    DONE,
    /** No answer is waited for: its worker died, its time limit was reached, or the pool ended. Terminal. */
    LOST,
    /** Cancelled by the user; an answer that still comes is dropped. Terminal. */
    CANCELLED;

    /** Whether no other state can follow. */
    public boolean isTerminal() {
        return this == DONE || this == LOST || this == CANCELLED;
    }

    boolean mayBecome(TaskState next) {
        return switch (this) {
            case NEW -> next == QUEUED || next == SENT || next == CANCELLED || next == LOST;
            case QUEUED -> next == SENT || next == CANCELLED || next == LOST;
            case SENT -> next == DONE || next == LOST || next == CANCELLED || next == QUEUED;
            case DONE, LOST, CANCELLED -> false;
        };
    }
}
