/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.testkit.ChaosReport.Outcome;

/** What a task of {@link ChaosMonkey} does. */
public enum TaskKind {
    /** It works for up to some milliseconds and returns the right value, sometimes with up to 64 KiB each way. */
    WELL_BEHAVED(Outcome.SUCCEEDED, false),

    /** It throws an exception that belongs to this task alone. */
    EXCEPTION(Outcome.FAILED_AS_PLANNED, false),

    /** It does what {@link Faults#unserializableResult} does. */
    UNSERIALIZABLE_RESULT(Outcome.FAILED_AS_PLANNED, false),

    /** It does what {@link Faults#stackOverflow} does. */
    STACK_OVERFLOW(Outcome.FAILED_AS_PLANNED, false),

    /** It does what {@link Faults#heapExhaustion} does: give the workers a small heap. */
    OUT_OF_MEMORY(Outcome.FAILED_AS_PLANNED, false),

    /** It does what {@link Faults#floodDescriptors} does, with a megabyte, and returns the right value. */
    OUTPUT_FLOOD(Outcome.SUCCEEDED, false),

    /** It does what {@link Faults#sleepIgnoringInterrupts} does, until the monkey cancels it. */
    HANG(Outcome.CANCELLED, false),

    /** It does what {@link Faults#exit} does, with a code that depends on the task. */
    EXIT(Outcome.FAILED_AS_PLANNED, true),

    /** It does what {@link Faults#halt} does, with a code that depends on the task. */
    HALT(Outcome.FAILED_AS_PLANNED, true),

    /** It does what {@link Faults#abort} does. */
    ABORT(Outcome.FAILED_AS_PLANNED, true),

    /** It does what {@link Faults#segmentationFault} does. */
    SEGMENTATION_FAULT(Outcome.FAILED_AS_PLANNED, true);

    private final Outcome planned;
    private final boolean deadly;

    TaskKind(Outcome planned, boolean deadly) {
        this.planned = planned;
        this.deadly = deadly;
    }

    /** How it ends unless a disturbance ends it before. */
    Outcome planned() {
        return planned;
    }

    /** Whether its own doing ends its worker. */
    boolean isDeadly() {
        return deadly;
    }
}
