/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import java.util.SplittableRandom;

/** What may happen next in a run: somebody does something. Which one of several, is said by the event's number. */
enum Move {
    SUBMIT(100, false),
    SUBMIT_LIMITED(40, true),
    SUBMIT_URGENT(30, true),
    SUBMIT_IMPATIENT(30, true),
    CANCEL(10, true),
    CANCEL_AND_KILL(10, true),
    /** One that waits for room in the queue is interrupted. */
    GIVE_UP_WAITING(8, true),
    PRESTART(8, true),
    RESIZE(20, true),
    SHUTDOWN(4, true),
    STOP(2, true),
    /** The shell has found a defect of the state. */
    BREAK_DOWN(1, true),

    /** Time passes, and the alarm rings. */
    PASS(110, false),
    /** Time passes, and the alarm is late. */
    PASS_UNNOTICED(20, true),

    /** A thread of the shell does its next action. */
    PERFORM(260, false),
    /** All threads of the shell do all that they have to. */
    CATCH_UP(15, false),
    /** Some heartbeats pass, at each of which all is done that is to be done. */
    PASS_HEARTBEATS(20, true),
    /** A process does what it would do next. */
    ACT(240, false),
    /** A thread of the parent reads the next message. */
    READ(190, false),

    DIE(15, true),
    /** Workers die while they execute, one after the other. */
    CRASH_AGAIN(4, true),
    /** A task has got at the channel. */
    ANSWER_UNASKED(4, true),
    /** The user ends the quarantine of a name. */
    RELEASE(6, true),
    /** One that is executed once more with a larger heap comes to an end. */
    END_LARGER(30, true),
    /** A worker says that it should be replaced. */
    BE_UNFIT(20, true),
    FREEZE(10, true),
    TAKE_TOO_MUCH(4, true),
    THAW(8, true),
    BECOME_UNKILLABLE(8, true),
    HOLD_PIPE(8, true),
    LET_PIPE_GO(4, true);

    private static final Move[] ALL = values();

    private final int weight;
    private final boolean occasional;

    Move(int weight, boolean occasional) {
        this.weight = weight;
        this.occasional = occasional;
    }

    /** Events in which a move comes as often as it usually does, or never, or three times as often. */
    static int[] random(SplittableRandom random, int count) {
        int[] until = new int[ALL.length];
        int sum = 0;
        for (int i = 0; i < ALL.length; i++) {
            int factor = ALL[i].occasional ? random.nextInt(4) : 1;
            sum += ALL[i].weight * factor;
            until[i] = sum;
        }
        int[] events = new int[count];
        for (int i = 0; i < count; i++) {
            int dice = random.nextInt(sum);
            int move = 0;
            while (dice >= until[move]) {
                move++;
            }
            events[i] = (random.nextInt(1 << 16) << 8) | move;
        }
        return events;
    }

    static Move of(int event) {
        return ALL[event & 0xff];
    }

    static int number(int event) {
        return event >>> 8;
    }

    /** The same move with another number. */
    static int withNumber(int event, int number) {
        return (number << 8) | (event & 0xff);
    }
}
