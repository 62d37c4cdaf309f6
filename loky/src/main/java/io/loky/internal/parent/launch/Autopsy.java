/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.directory.WorkerDirectory;
import io.loky.internal.parent.crash.CrashLog;
import io.loky.internal.wire.AnswerLog;
import io.loky.internal.wire.BeginMark;
import java.io.IOException;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * What a dead worker has left in its directory.
 *
 * @param mark the task that it had begun last
 * @param answers what it has done of a chunk without sending it
 * @param crashLog what its JVM wrote about a native crash, or null
 */
record Autopsy(
        BeginMark.Reading mark,
        AnswerLog.Reading answers,
        @Nullable CrashLog crashLog) {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    /** Of one that never became ready: it was given nothing to begin. */
    static final Autopsy OF_NOTHING = new Autopsy(BeginMark.Reading.NONE, AnswerLog.Reading.NONE, null);

    /** Of one that could not be examined. Its task counts as begun: it must not run twice. */
    static final Autopsy UNREADABLE = new Autopsy(BeginMark.Reading.UNKNOWN, AnswerLog.Reading.UNKNOWN, null);

    /** Reads what is there. Where nothing can be read its task counts as begun: it must not run twice. */
    static Autopsy of(WorkerDirectory directory, String label) {
        BeginMark.Reading mark = BeginMark.Reading.UNKNOWN;
        AnswerLog.Reading answers = AnswerLog.Reading.UNKNOWN;
        CrashLog crashLog = null;
        try {
            mark = BeginMark.read(directory.markFile());
            answers = AnswerLog.read(directory.answersFile());
            crashLog = CrashLog.find(directory.path());
        } catch (IOException e) {
            LOG.log(Level.WARNING, label + ": the evidence in " + directory.path() + " could not be read", e);
        }
        return new Autopsy(mark, answers, crashLog);
    }
}
