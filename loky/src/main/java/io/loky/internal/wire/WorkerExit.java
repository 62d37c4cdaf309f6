/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

/** The exit codes with which a worker ends by its own decision, so that a log reader can tell them from a crash. */
public final class WorkerExit {
    /** Told to leave. */
    public static final int RETIRED = 0;

    /** The parent is gone: the channel ended, or nobody reads it any more. */
    public static final int PARENT_GONE = 113;

    /** It cannot serve tasks: its {@link LastWords} say why. */
    public static final int UNFIT = 114;

    /** It was told to exit by user code, and its shutdown hooks did not end. */
    public static final int EXIT_HUNG = 115;

    /** It had no memory left to go on with, and perhaps none to say so: its {@link LastWords} may be missing. */
    public static final int OUT_OF_MEMORY = 116;

    private WorkerExit() {}
}
