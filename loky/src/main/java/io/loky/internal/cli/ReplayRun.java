/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import io.loky.EndReason;
import io.loky.internal.capsule.Capsule;
import io.loky.internal.parent.crash.Verdict;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.jvm.ExitHook;
import io.loky.internal.parent.launch.WorkerEvents;
import io.loky.internal.parent.launch.WorkerProcess;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameType;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One worker, one task: sends it when the worker is ready, and waits for the answer or the worker's end. */
final class ReplayRun implements WorkerEvents, ExitHook.AtExit {
    /** How long a worker that has answered may run its shutdown hooks. */
    private static final long RETIRE_SECONDS = 5;

    private final WorkerProcess worker;
    private final EncodedFrame task;
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch cleared = new CountDownLatch(1);

    /** Those that come in parts, and the last one. Written by the worker's own thread, until over. */
    private final List<Frame> answers = new ArrayList<>();

    private volatile boolean answered;
    private volatile boolean ready;
    private volatile @Nullable WorkerEnd end;

    ReplayRun(WorkerProcess worker, EncodedFrame task) {
        this.worker = worker;
        this.task = task;
    }

    /** Runs it, prints what came of it, and returns the exit code. */
    int finish(ReplayedAnswers decoder, Capsule capsule, PrintStream out) {
        ExitHook.add(this);
        worker.start(this);
        awaitUninterruptibly(over, Long.MAX_VALUE);
        if (answered) {
            worker.retire();
            if (!awaitUninterruptibly(cleared, TimeUnit.SECONDS.toNanos(RETIRE_SECONDS))) {
                worker.kill();
            }
        }
        awaitUninterruptibly(cleared, Long.MAX_VALUE);
        ExitHook.remove(this);
        if (ExitHook.isExiting()) {
            return Main.DIED; // this JVM has killed it, at Ctrl-C; nobody wants to hear of that
        }
        if (answered) {
            return decoder.print(answers, out);
        }
        WorkerEnd how = end;
        if (how != null) {
            out.println(ready ? death(how, capsule) : startFailure(how));
        }
        return Main.DIED;
    }

    /** But for its last line, about the other tasks and workers of a pool, which are not here. */
    private static String death(WorkerEnd how, Capsule capsule) {
        String text = Verdict.report(
                        how,
                        EndReason.CRASHED,
                        OptionalLong.of(capsule.taskId()),
                        Optional.of(capsule.taskName()),
                        Optional.empty())
                .describe();
        return "the task has killed its worker again:" + System.lineSeparator()
                + text.substring(0, text.lastIndexOf('\n'));
    }

    private static String startFailure(WorkerEnd how) {
        return "the worker could not be started: " + Verdict.whyNotStarted(how) + System.lineSeparator()
                + "The task was not run. Look at what is said above; --drop-jvm-arg PREFIX leaves out flags that the capsule has,"
                + " --heap and --jvm-arg set others, --java-home names another Java.";
    }

    /** Nobody interrupts the main thread. */
    private static boolean awaitUninterruptibly(CountDownLatch latch, long nanos) {
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    return latch.await(nanos, TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    // ---- Ctrl-C -----------------------------------------------------------------------------------------------------

    /** A worker that a debugger holds does not notice the end of its parent. */
    @Override
    public void stop() {
        worker.kill();
    }

    @Override
    public void await(long nanos) throws InterruptedException {
        boolean unused = cleared.await(nanos, TimeUnit.NANOSECONDS);
    }

    // ---- the worker -------------------------------------------------------------------------------------------------

    @Override
    public void ready() {
        ready = true;
        worker.queue(task);
        worker.flush();
    }

    @Override
    public void answered(Frame answer) {
        answers.add(answer);
        if (answer.type() != FrameType.PARTIAL) {
            answered = true;
            over.countDown();
        }
    }

    @Override
    public void gone(WorkerEnd how) {
        end = how;
        over.countDown();
    }

    @Override
    public void cleared() {
        cleared.countDown();
    }

    // Whether it could serve further tasks does not matter: there are none.

    @Override
    public void unfit(EndReason reason, String detail) {}

    @Override
    public void holds() {}

    @Override
    public void free() {}

    @Override
    public void remarked(long taskId, String text) {}

    @Override
    public void sampled(long taskId, List<StackTraceElement> stack) {}
}
