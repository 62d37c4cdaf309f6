/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.directory.WorkerDirectory;
import io.loky.internal.parent.crash.CrashLog;
import io.loky.internal.parent.crash.Remains;
import io.loky.internal.wire.AnswerLog;
import io.loky.internal.wire.BeginMark;
import io.loky.internal.wire.ExitNote;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a dead worker has left in its directory.
 *
 * @param mark the task that it had begun last
 * @param answers what it has done of a chunk without sending it
 * @param remains what says why it is dead
 */
record Autopsy(BeginMark.Reading mark, AnswerLog.Reading answers, Remains remains) {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");
    private static final int MOST_LINES = 100;

    /** Of one that has no directory. */
    static final Autopsy OF_NOTHING = new Autopsy(BeginMark.Reading.NONE, AnswerLog.Reading.NONE, Remains.NONE);

    /** Of one that cannot be examined. Its task counts as begun: it must not run twice. */
    static final Autopsy UNREADABLE = new Autopsy(BeginMark.Reading.UNKNOWN, AnswerLog.Reading.UNKNOWN, Remains.NONE);

    /**
     * Of one that never greeted: it was given nothing to begin. Its JVM may have crashed all the same.
     *
     * @param output what it printed last
     */
    static Autopsy ofNothing(WorkerDirectory directory, List<String> output, String label) {
        return new Autopsy(BeginMark.Reading.NONE, AnswerLog.Reading.NONE, remains(directory, output, 0, label));
    }

    /**
     * Reads what is there. Where nothing can be read its task counts as begun: it must not run twice.
     *
     * @param pid the JVM, as it knows itself
     */
    static Autopsy of(WorkerDirectory directory, List<String> output, long pid, String label) {
        BeginMark.Reading mark = BeginMark.Reading.UNKNOWN;
        AnswerLog.Reading answers = AnswerLog.Reading.UNKNOWN;
        try {
            mark = BeginMark.read(directory.markFile());
            answers = AnswerLog.read(directory.answersFile());
        } catch (IOException e) {
            LOG.log(Level.WARNING, label + ": the evidence in " + directory.path() + " could not be read", e);
        }
        return new Autopsy(mark, answers, remains(directory, output, pid, label));
    }

    private static Remains remains(WorkerDirectory directory, List<String> output, long pid, String label) {
        try {
            Path histogram = directory.histogramFile();
            return new Remains(
                    CrashLog.find(directory.path(), output, pid),
                    ExitNote.read(directory.exitFile()),
                    Files.exists(histogram)
                            ? Files.readAllLines(histogram).stream()
                                    .limit(MOST_LINES)
                                    .toList()
                            : List.of(),
                    Optional.empty(),
                    false,
                    List.of());
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, label + ": what is in " + directory.path() + " could not be read", e);
            return Remains.NONE;
        }
    }
}
