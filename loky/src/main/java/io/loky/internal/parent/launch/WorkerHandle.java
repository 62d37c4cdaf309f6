/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.parent.output.TaskPrints;
import io.loky.internal.wire.EncodedFrame;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A worker's process as the supervisor holds it. Nothing is started before {@link #start}. The methods may be called from
 * any thread at any time, and none but {@link #awaitOutputOf} waits for the worker. {@link #retire} is called only while the worker is
 * waiting for a task, and so is {@link #queue}, unless what is queued {@linkplain #canTakeBack can be taken back}: the pool's state knows.
 */
public interface WorkerHandle {
    /** Starts the process; all that follows is told to the events. */
    void start(WorkerEvents events);

    /** The pid, once there is a process. */
    OptionalLong pid();

    /**
     * Gives a task its place behind those that the worker was given before. It is on its way at the next {@link #flush}: called
     * under the pool's lock, this does not block.
     */
    void queue(EncodedFrame frame);

    /** Hands over what is queued. A worker that cannot take it is dead or dying: its end is told to the events. */
    void flush();

    /** Whether tasks that it was given and has not begun can be taken back. Once it is so it stays so. */
    default boolean canTakeBack() {
        return false;
    }

    /**
     * Takes back the tasks that it has not begun, at once: it will not begin them. See {@link io.loky.internal.wire.Claims#takeBack}.
     *
     * @param kept the number of the task that it is to execute, as they were queued, from 1: that is not taken back
     * @param queued the number of the last one that was queued
     * @return the number of the last one that was not taken back
     */
    default long takeBack(long kept, long queued) {
        throw new UnsupportedOperationException("what was handed over cannot be taken back");
    }

    /** What the worker prints from when it begins this task is the task's; called before {@link #queue}, and does not block. */
    default void expectOutputOf(TaskPrints task) {}

    /** After the answer of a task: waits, for a moment at most, until what it printed has been read. */
    default void awaitOutputOf(long taskId) {}

    /**
     * Has the code of this task interrupted, unless it has ended; nothing else of the task is begun, and the worker answers. Only
     * for workers that are processes.
     *
     * @param graceNanos after which time without an answer it will be killed
     * @param sampled whether it tells meanwhile where the task is, see {@link WorkerEvents#sampled}
     */
    default void interrupt(long taskId, long graceNanos, boolean sampled) {
        throw new UnsupportedOperationException("a thread is not given a grace");
    }

    /**
     * Where the code of this task is now, innermost frame first. Nothing is interrupted, and nobody waits: the future is completed
     * by the thread that reads the worker's answers, so what hangs on it must not block.
     *
     * @param taskId of a task that it was sent, or {@link Initializer#ID}
     * @return completed with an empty list if the worker does not execute that task, or has ended; never, if it is frozen
     */
    default CompletableFuture<List<StackTraceElement>> look(long taskId) {
        return CompletableFuture.completedFuture(List.of());
    }

    /** Tells it to leave. */
    void retire();

    /**
     * Has it give memory back to the system, if it can. Called when it has waited for a task for a while; it may get one at the same
     * moment, which then waits for that.
     */
    default void collect() {}

    /** Ends the process, and those that it started, by force. */
    void kill();

    /** The same, where nobody is told what it printed: its end does not wait for a listener that is slow to take that. */
    default void killUnreported() {
        kill();
    }

    /** Tells the worker's end now, with what is known, whether its process has ended or not. */
    void abandon();

    /** A number that has grown since the last call if the worker lives; negative if it cannot be seen. */
    long beats();

    /** That its process takes so much more memory than it may that it must be ended in the midst of a task; else null. */
    default @Nullable IOException excess() {
        return null;
    }

    /** It is about to be killed, for this reason, which its end is to tell. */
    default void blame(IOException reason) {}
}
