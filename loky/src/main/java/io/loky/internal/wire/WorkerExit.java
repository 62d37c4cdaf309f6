/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

/** The exit codes with which a worker ends by its own decision, so that a log reader can tell them from a crash. */
public final class WorkerExit {
    /** Told to leave. */
    public static final int RETIRED = 0;

    /** The parent is gone: the channel ended without a RETIRE frame. */
    public static final int PARENT_GONE = 113;

    /** The channel holds something that is not a frame, or broke. */
    public static final int CHANNEL_BROKEN = 114;

    /** The bytes of a task were more than its heap could hold. */
    public static final int TASK_TOO_LARGE = 115;

    private WorkerExit() {}
}
