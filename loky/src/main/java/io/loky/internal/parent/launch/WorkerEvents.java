/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.EndReason;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameReader;
import java.util.List;

/** What happens to one worker, in this order. Called on that worker's own thread in the parent, or on one that gives it up. */
public interface WorkerEvents extends FrameReader.Spares {
    /** It greeted, and waits for tasks. At most once. */
    void ready();

    /** It says that it should be replaced, for this reason; right before an answer, or before it is free. */
    void unfit(EndReason reason, String detail);

    /** It will be busy with itself after its next answer, until it is free. */
    void holds();

    /** It is free for the next task, after it was busy with itself; or it has ended while it was. */
    void free();

    /** It has something to say about the task that it has, which belongs into the log; right before an answer. */
    void remarked(long taskId, String text);

    /** A task that it was to interrupt is here, innermost frame first. */
    void sampled(long taskId, List<StackTraceElement> stack);

    /** It answered a task, or with a {@link io.loky.internal.wire.FrameType#PARTIAL} some items of one. */
    void answered(Frame answer);

    /** Its process has ended and all that it had sent was read; or it was given up. Exactly once. */
    void gone(WorkerEnd end);

    /** Nothing is left of it: no process that it started, no file. Exactly once, last. */
    void cleared();
}
