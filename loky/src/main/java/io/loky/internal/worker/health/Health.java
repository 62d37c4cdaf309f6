/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

import io.loky.DirtyWorkerException;
import io.loky.OutOfMemoryKind;
import io.loky.ProcessPoolOptions.DirtyWorkers;
import io.loky.internal.execution.AnswerSink;
import io.loky.internal.execution.Inspection;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.Remark;
import io.loky.internal.wire.Unfit;
import io.loky.internal.wire.WorkerRules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Decides after each task whether this worker is fit for another one. What is known at once is told before the answer, since the answer
 * makes the parent send the next task. What takes time, a collection or the user's check, comes after it: somebody waits for the
 * answer, and the task has a time limit. So the parent is asked to send nothing until that is done:
 *
 * <pre>
 *   [UNFIT]  answer                                              there is nothing to look at
 *   [UNFIT]  HOLD  answer  ... collection, check ...  [UNFIT]  FREE
 * </pre>
 */
public final class Health implements Inspection {
    /** The initializer: what it changes is meant, and where it fails the worker is not even used. */
    private static final long NO_TASK = 0;

    private static final String OUT_OF_MEMORY = "java.lang.OutOfMemoryError";

    private final WorkerRules rules;
    private final DirtyWorkers policy;
    private final AnswerSink out;
    private final MemoryWatch memory;
    private final List<String> left = new ArrayList<>();
    private @Nullable Surroundings surroundings;
    private @Nullable UserCheck check;
    private @Nullable String outOfMemory;
    private int tasksSinceCheck;

    // Of the task that was answered last, for what comes after it.
    private boolean answered;
    private boolean suspicious;
    private @Nullable UserCheck due;

    /** It gets no further task. */
    private boolean over;

    public Health(WorkerRules rules, AnswerSink out) {
        this.rules = rules;
        this.policy = DirtyWorkers.valueOf(rules.dirty());
        this.out = out;
        this.memory = new MemoryWatch(rules, new ProcessMemory());
    }

    /**
     * Takes over the user's check.
     *
     * @param source rebuilds it when it is first needed, on the thread that runs tasks
     */
    public void checkBy(Callable<Callable<?>> source) {
        check = new UserCheck(source);
    }

    /**
     * Whether it has told that this worker gets no further task. What comes all the same was sent ahead, and is taken back: the parent
     * hears this before the answer after which it would send another one.
     */
    public boolean isOver() {
        return over;
    }

    @Override
    public void begins(long taskId) {
        if (policy != DirtyWorkers.IGNORE && surroundings == null && taskId != NO_TASK) {
            surroundings = Surroundings.now();
        }
    }

    @Override
    public Throwable failed(Throwable thrown) {
        try {
            OutOfMemoryError error = MemoryShortage.in(thrown);
            if (error == null) {
                return thrown;
            }
            if (outOfMemory != null) {
                return thrown; // it is replaced, and has told why
            }
            // Of one size that no JVM has, only who asked for it can say something; nothing else can have met it.
            OutOfMemoryKind kind = OutOfMemoryKind.of(error);
            outOfMemory = kind == OutOfMemoryKind.ARRAY_SIZE ? null : OUT_OF_MEMORY;
            // What is allocated before may have the heap collected that this is about.
            Throwable explained = MemoryShortage.explained(thrown, error, kind);
            outOfMemory = outOfMemory == null ? null : error.toString();
            return explained;
        } catch (Throwable e) { // the user's getCause; or there is still no memory
            if (e instanceof OutOfMemoryError && outOfMemory == null) {
                outOfMemory = OUT_OF_MEMORY;
            }
            return thrown;
        }
    }

    @Override
    public @Nullable Throwable leftBehind(Object subject) {
        Surroundings before = surroundings;
        if (before == null) {
            return null;
        }
        Surroundings now = Surroundings.now();
        List<String> changes = now.differencesTo(before);
        if (changes.isEmpty()) {
            return null;
        }
        surroundings = now; // what is told is told once
        left.addAll(changes);
        return policy == DirtyWorkers.FAIL ? new DirtyWorkerException(subject.toString(), changes) : null;
    }

    @Override
    public void answer(long taskId, EncodedFrame answer) throws IOException {
        if (taskId == NO_TASK || over) {
            out.send(answer);
            return;
        }
        tell(taskId);
        answered = true;
        suspicious = !over && memory.look();
        due = over ? null : dueCheck();
        if (suspicious || due != null) {
            out.send(EncodedFrame.empty(FrameType.HOLD));
        }
        out.send(answer);
    }

    /**
     * Looks at this worker, where it is time for that. To be called after each answer, when nothing refers to the task and its answer any more:
     * large ones would be taken for memory that the task has left behind.
     *
     * @throws IOException if the other side is gone
     */
    public void rest() throws IOException {
        if (!answered) {
            return;
        }
        answered = false;
        UserCheck users = due;
        if (suspicious) {
            replaceIf(memory.judge());
        }
        if (users != null && !over) {
            check(users);
        }
        if (suspicious || users != null) {
            out.send(EncodedFrame.empty(FrameType.FREE));
        }
        memory.settle();
    }

    private @Nullable UserCheck dueCheck() {
        if (check == null || ++tasksSinceCheck < rules.checkEvery()) {
            return null;
        }
        tasksSinceCheck = 0;
        return check;
    }

    private void check(UserCheck users) throws IOException {
        replaceIf(users.run());
        if (surroundings != null) {
            surroundings = Surroundings.now(); // what the check has changed is no task's doing
        }
    }

    /** What is known without a long look. */
    private void tell(long taskId) throws IOException {
        if (outOfMemory != null) {
            replace(new Unfit("OUT_OF_MEMORY", outOfMemory));
        }
        if (!left.isEmpty()) {
            String changes = String.join("; ", left);
            left.clear();
            if (policy == DirtyWorkers.REPORT) {
                out.send(new Remark(taskId, changes).encode());
            } else {
                replace(new Unfit("DIRTY", "task #" + taskId + " has left something behind: " + changes));
            }
        }
    }

    private void replaceIf(@Nullable Unfit unfit) throws IOException {
        if (unfit != null) {
            replace(unfit);
        }
    }

    private void replace(Unfit unfit) throws IOException {
        if (!over) {
            out.send(unfit.encode());
            over = true; // it gets no further task
        }
    }
}
