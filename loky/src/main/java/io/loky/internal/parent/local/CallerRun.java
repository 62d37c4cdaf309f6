/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.local;

import io.loky.internal.execution.AnswerSink;
import io.loky.internal.execution.Inspection;
import io.loky.internal.execution.ItemAnswers;
import io.loky.internal.execution.Meter;
import io.loky.internal.execution.TaskRunner;
import io.loky.internal.parent.classes.LocalClasses;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameType;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A task that the calling thread runs itself, in this JVM, by the same way over bytes as a worker would: it finds the same
 * snapshot, and what could not be sent fails. The thread is left as it was found, but for an interrupt that comes meanwhile.
 */
public final class CallerRun {
    private CallerRun() {}

    /**
     * Runs a task that no worker has.
     *
     * @param meter for its receipt
     * @param large see {@link TaskRunner}
     * @return its answer, for {@link RemoteTask#answer}; null if it is over already. The answers to some items of a chunk are
     *     given to it at once
     * @throws IOException if not even an answer that says what went wrong can be encoded
     */
    public static @Nullable Frame run(RemoteTask<?> task, Meter meter, long large) throws IOException {
        EncodedFrame frame = task.frame();
        if (frame == null) {
            return null;
        }
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        boolean interrupted = Thread.interrupted(); // meant for the caller, not for the task
        Frame[] last = {null};
        AnswerSink answers = encoded -> {
            Frame answer = encoded.toFrame();
            if (answer.type() == FrameType.PARTIAL) {
                task.partlyAnswered(answer, task.round());
            } else {
                last[0] = answer;
            }
        };
        try {
            TaskRunner runner = new TaskRunner(
                    (id, phase) -> {},
                    Inspection.none(answers),
                    new LocalClasses(),
                    new ItemAnswers(answers, () -> null),
                    meter,
                    large);
            runner.run(runner.prepare(frame.toFrame()));
        } finally {
            thread.setContextClassLoader(loader);
            if (interrupted) {
                thread.interrupt();
            }
        }
        return last[0];
    }
}
