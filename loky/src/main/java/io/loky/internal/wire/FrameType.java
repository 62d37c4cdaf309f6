/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import org.jspecify.annotations.Nullable;

/** The kind of a frame, with the byte that stands for it on the wire. */
public enum FrameType {
    /** Worker to parent, once, first: token, protocol version, pid and Java version. */
    HELLO(1),
    /** Parent to worker: run this task. */
    TASK(2),
    /** Worker to parent: the value that the task returned. */
    VALUE(3),
    /** Worker to parent: the throwable that the task, or the encoding of its result, ended with. */
    ERROR(4),
    /** Parent to worker: no more tasks will come; end in an orderly way. */
    RETIRE(5),
    /** Worker to parent, at any time and from any thread: where is this class, what is in this resource. See {@link ClassAsk}. */
    CLASS_ASK(6),
    /** Parent to worker: the answer to the question with this number. See {@link ClassAnswer}. */
    CLASS_ANSWER(7),
    /** Parent to worker: a class loader that is gone. See {@link ForgetLoader}. */
    FORGET(8),
    /** Worker to parent, right before an answer, or before {@link #FREE}: this worker should be replaced. See {@link Unfit}. */
    UNFIT(9),
    /** Parent to worker: apply one function to several items, and answer each of them. */
    CHUNK(10),
    /** Worker to parent: the answers to the next items of a chunk, more of which are to come. See {@link ItemAnswer}. */
    PARTIAL(11),
    /** Parent to worker, which has waited for a task for a while: give memory back that tasks have left. */
    COLLECT(12),
    /** Parent to worker, once, before anything else: run this after every n tasks, to see whether you are well. */
    CHECK(13),
    /** Worker to parent, right before an answer: something about the task to be logged. See {@link Remark}. */
    REMARK(14),
    /** Worker to parent, right before an answer: send no task after it until this worker is {@link #FREE}. */
    HOLD(15),
    /** Worker to parent, after a {@link #HOLD} and an answer: it has looked at itself, and said what there was to say. */
    FREE(16),
    /** Parent to worker: nobody wants this task any more. See {@link Interrupt}. */
    INTERRUPT(17),
    /** Worker to parent, at any time: where a task is. See {@link StackSample}. */
    STACK(18),
    /** Parent to worker, at any time after it was ready: where is this task. See {@link Look}. */
    LOOK(19),
    /** Worker to parent, once: from now on it says in its {@link Claims} what it begins, so that tasks may be sent ahead. */
    CLAIMS(20),
    /** Worker to parent, at any time and from any thread: what is the value of this broadcast. See {@link BroadcastAsk}. */
    BROADCAST_ASK(21),
    /** Parent to worker: the answer to the question with this number. See {@link BroadcastAnswer}. */
    BROADCAST_ANSWER(22),
    /** Parent to worker, at any time: a broadcast that is over. See {@link ForgetBroadcast}. */
    FORGET_BROADCAST(23);

    private static final FrameType[] BY_CODE = new FrameType[24];

    static {
        for (FrameType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final byte code;

    FrameType(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    static @Nullable FrameType ofCode(byte code) {
        return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
