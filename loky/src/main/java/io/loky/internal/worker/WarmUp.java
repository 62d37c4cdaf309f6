/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.internal.codec.jdk.JdkInternals;
import io.loky.internal.execution.Inspection;
import io.loky.internal.execution.ItemAnswers;
import io.loky.internal.execution.Meter;
import io.loky.internal.execution.TaskClasses;
import io.loky.internal.execution.TaskRunner;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Makes a new worker's first task as fast as the next ones, by running small tasks of the library's own: what the first
 * task would wait for is mostly the loading and linking of classes, of the library's and the JDK's, which rebuild tasks, and make lambdas
 * and answers.
 *
 * <p>They are run where the worker would else wait, one after the other until a frame is there. So a task that comes early waits for
 * the rest of one at most. The first one begins while a task may be on its way to a worker that has just greeted: it loads what every
 * task needs. Then there is a pause in which that task arrives, so that it does not wait for what only some need. On the main thread, since
 * two threads that initialize classes may wait for each other forever.
 *
 * <p>Nobody sees them: they are not noted, not judged, not answered, and name none but the library's classes and the JDK's.
 */
final class WarmUp {
    /** Whether something else is to be done now. */
    interface Interruption {
        boolean comesWithin(long millis) throws IOException;
    }

    /** Where a task waits for this worker it is here by then, unless the parent has to wait for a core. */
    private static final long PATIENCE_MILLIS = 50;

    private final WarmUpTask[] tasks = WarmUpTask.values();
    private final TaskRunner runner;
    private final Consumer<Throwable> onFailure;
    private int done;

    /**
     * @param classes finds the library's
     * @param meter measures these tasks as it will the others: it may load more than all the rest
     * @param onFailure is told of what did not go as it should: some first task will be slower
     */
    WarmUp(TaskClasses classes, Meter meter, Consumer<Throwable> onFailure) {
        this.runner = new TaskRunner(
                (taskId, phase) -> {},
                Inspection.none(this::check),
                classes,
                new ItemAnswers(answer -> {}, () -> null),
                meter,
                FrameBuffer.NOTHING_ASIDE);
        this.onFailure = onFailure;
    }

    /** Goes on until all is done, or the interruption comes. */
    void runUntil(Interruption interruption) throws IOException {
        while (done < tasks.length && !interruption.comesWithin(done == 1 ? PATIENCE_MILLIS : 0)) {
            run(tasks[done]);
            done++;
        }
    }

    /** A task of the user's has come: from now on the time between two belongs to the next one. */
    void end() {
        done = tasks.length;
    }

    private void run(WarmUpTask task) {
        try {
            if (task != WarmUpTask.PLAIN_LAMBDA || JdkInternals.obstacle() == null) {
                runner.run(runner.prepare(new Frame(FrameType.TASK, task.ordinal(), task.message(), 0)));
            }
        } catch (Throwable e) { // a worker works without; what is really wrong the first task will meet, and report
            onFailure.accept(e);
        }
    }

    private void check(EncodedFrame answer) {
        Frame frame = answer.toFrame();
        WarmUpTask task = tasks[(int) frame.taskId()];
        if (frame.type() != task.answer()) {
            throw new IllegalStateException(
                    "the " + task + " of the warm-up was answered with " + frame.type() + ", not " + task.answer());
        }
    }
}
