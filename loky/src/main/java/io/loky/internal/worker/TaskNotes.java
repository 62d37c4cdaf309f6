/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.internal.context.KeptValues;
import io.loky.internal.execution.Progress;
import io.loky.internal.wire.BeginMark;
import io.loky.internal.wire.BeginMark.Phase;

/**
 * What a worker notes of its tasks: for the report of its death, for {@code WorkerContext}, for whoever reads its output, and for
 * whoever wants to interrupt or see them.
 */
final class TaskNotes implements Progress {
    private final BeginMark mark;
    private final KeptValues context;
    private final OutputMarks output;
    private final TaskThread thread;

    TaskNotes(BeginMark mark, KeptValues context, OutputMarks output, TaskThread thread) {
        this.mark = mark;
        this.context = context;
        this.output = output;
        this.thread = thread;
    }

    @Override
    public void set(long taskId, Phase phase) {
        mark.set(taskId, phase);
    }

    @Override
    public void begins(long taskId) {
        context.executing(taskId);
        output.begin(taskId);
    }

    @Override
    public boolean codeBegins(long taskId) {
        return thread.codeBegins(taskId);
    }

    @Override
    public boolean isWanted(long taskId) {
        return thread.isWanted(taskId);
    }

    @Override
    public void codeEnds() {
        thread.codeEnds();
    }

    /** Before the answer: the parent may wait for the end of the output then. */
    @Override
    public void ends(long taskId) {
        output.end(taskId);
        context.executing(0);
    }
}
