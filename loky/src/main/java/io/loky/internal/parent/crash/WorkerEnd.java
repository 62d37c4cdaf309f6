/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import io.loky.internal.capsule.WorkerSetup;
import io.loky.internal.wire.AnswerLog;
import io.loky.internal.wire.BeginMark;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The evidence of one worker's end, collected before its directory goes.
 *
 * @param pid 0 if no process could be started
 * @param ready whether it could be given tasks
 * @param exitCode empty if there was no process, or its end was not seen
 * @param mark which task it had begun last
 * @param answers what it has done of a chunk without sending it
 * @param output the last lines that it printed
 * @param remains what is left that says why
 * @param trouble what went wrong in the parent while starting it or reading from it, an {@link InitializerFailure} if it ended
 *     on account of its initializer or while that ran; null if nothing did
 * @param setup what it was started with; null where nobody wants to know
 */
public record WorkerEnd(
        long pid,
        boolean ready,
        OptionalInt exitCode,
        Duration uptime,
        long tasksDone,
        BeginMark.Reading mark,
        AnswerLog.Reading answers,
        List<String> output,
        Remains remains,
        @Nullable Throwable trouble,
        @Nullable WorkerSetup setup) {

    /** Where nobody wants to know what it was started with. */
    public WorkerEnd(
            long pid,
            boolean ready,
            OptionalInt exitCode,
            Duration uptime,
            long tasksDone,
            BeginMark.Reading mark,
            AnswerLog.Reading answers,
            List<String> output,
            Remains remains,
            @Nullable Throwable trouble) {
        this(pid, ready, exitCode, uptime, tasksDone, mark, answers, output, remains, trouble, null);
    }

    /** Of a worker that has left nothing but its mark. */
    public WorkerEnd(
            long pid,
            boolean ready,
            OptionalInt exitCode,
            Duration uptime,
            long tasksDone,
            BeginMark.Reading mark,
            List<String> output,
            @Nullable Throwable trouble) {
        this(pid, ready, exitCode, uptime, tasksDone, mark, AnswerLog.Reading.NONE, output, Remains.NONE, trouble);
    }

    /** Whether it had begun this task, so that running it elsewhere might repeat its effects. */
    public boolean hasBegun(long taskId) {
        return mark.of(taskId) != BeginMark.Phase.NOT_BEGUN;
    }
}
