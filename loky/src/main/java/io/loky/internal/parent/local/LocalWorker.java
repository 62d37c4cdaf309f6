/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.local;

import io.loky.ProcessPoolOptions.Receipts;
import io.loky.internal.context.CurrentContext;
import io.loky.internal.context.KeptValues;
import io.loky.internal.execution.AnswerSink;
import io.loky.internal.execution.Inspection;
import io.loky.internal.execution.ItemAnswers;
import io.loky.internal.execution.Meter;
import io.loky.internal.execution.TaskRunner;
import io.loky.internal.execution.TaskStack;
import io.loky.internal.parent.classes.LocalClasses;
import io.loky.internal.parent.crash.InitializerFailure;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.launch.Initializer;
import io.loky.internal.parent.launch.WorkerEvents;
import io.loky.internal.parent.launch.WorkerHandle;
import io.loky.internal.parent.thread.ServiceThread;
import io.loky.internal.wire.BeginMark;
import io.loky.internal.wire.BeginMark.Phase;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameType;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A thread of this JVM that stands in for a worker process. Tasks come to it as the bytes that would be sent, and go from it as the
 * bytes that would come back.
 *
 * <p>It cannot be killed. To kill it is to interrupt its task, and to give it nothing any more; if the task takes no notice the
 * pool gives the worker up after a while, and the thread goes on until the task ends.
 */
public final class LocalWorker implements WorkerHandle {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    private final String label;
    private final KeptValues context;
    private final int level;
    private final Receipts receipts;
    private final long large;
    private final @Nullable Initializer initializer;
    private final long pid = ProcessHandle.current().pid();
    private final Queue<EncodedFrame> queued = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<Frame> inbox = new LinkedBlockingQueue<>();
    private final AtomicBoolean concluded = new AtomicBoolean();
    private volatile @Nullable WorkerEvents events;
    private volatile @Nullable Thread thread;
    private volatile boolean killed;
    private volatile boolean initializing;
    private volatile BeginMark.Reading mark = BeginMark.Reading.NONE;
    private volatile @Nullable Throwable trouble;
    private volatile long startNanos;

    /** Written by the worker's own thread. */
    private volatile long answers;

    /**
     * @param label names its thread
     * @param index for {@link io.loky.WorkerContext#index()}
     * @param level see {@link CurrentContext#level}
     * @param receipts what is measured of its tasks
     * @param large see {@link TaskRunner}
     * @param initializer null if it is ready at once
     */
    public LocalWorker(
            String label, int index, int level, Receipts receipts, long large, @Nullable Initializer initializer) {
        this.label = label;
        this.context = new KeptValues(index);
        this.level = level;
        this.receipts = receipts;
        this.large = large;
        this.initializer = initializer;
    }

    @Override
    public void start(WorkerEvents listener) {
        events = listener;
        startNanos = System.nanoTime();
        try {
            Thread made = ServiceThread.of(label, this::live);
            thread = made;
            made.start();
        } catch (Throwable e) { // OutOfMemoryError: unable to create native thread
            trouble = e;
            thread = null;
            conclude();
        }
    }

    @Override
    public OptionalLong pid() {
        return OptionalLong.of(pid);
    }

    @Override
    public void queue(EncodedFrame frame) {
        queued.add(frame);
    }

    @Override
    public void flush() {
        for (EncodedFrame frame = queued.poll(); frame != null; frame = queued.poll()) {
            inbox.add(frame.toFrame());
        }
    }

    @Override
    public void retire() {
        inbox.add(EncodedFrame.empty(FrameType.RETIRE).toFrame());
    }

    @Override
    public void kill() {
        killed = true; // before the interrupt: whoever swallows that looks at this
        Thread t = thread;
        if (t != null) {
            t.interrupt();
        }
    }

    @Override
    public void abandon() {
        killed = true;
        Thread t = thread;
        if (t == null) {
            return; // the thread that is to start it is late: it will find it killed
        }
        if (conclude()) {
            LOG.log(
                    Level.WARNING,
                    label + " was interrupted to end its task #" + mark.taskId()
                            + ", which has taken no notice: the task"
                            + " goes on in this JVM until it ends by itself; only a worker process can be killed"
                            + " (ProcessPoolOptions.mode PROCESSES)");
        }
    }

    @Override
    public CompletableFuture<List<StackTraceElement>> look(long taskId) {
        Thread t = thread;
        if (t == null || !executes(taskId)) {
            return CompletableFuture.completedFuture(List.of());
        }
        List<StackTraceElement> frames = TaskStack.of(t.getStackTrace());
        return CompletableFuture.completedFuture(executes(taskId) ? frames : List.of());
    }

    private boolean executes(long taskId) {
        return taskId == Initializer.ID
                ? initializing
                : context.taskId().isPresent() && context.taskId().getAsLong() == taskId;
    }

    /** Nobody else can see whether a thread is alive. */
    @Override
    public long beats() {
        return -1;
    }

    // ---- the worker's own thread ----------------------------------------------------------------------------------

    private void live() {
        WorkerEvents listener = events();
        try {
            CurrentContext.setForThisThread(context, level);
            initialize();
            if (!killed) {
                listener.ready();
            }
            serve(runner(this::answer));
        } catch (Throwable e) { // whatever it is, the worker's end must be told, or its task waits forever
            trouble = killed ? null : e;
        }
        conclude();
    }

    private TaskRunner runner(AnswerSink answers) {
        return new TaskRunner(
                this::note,
                Inspection.none(answers),
                new LocalClasses(),
                new ItemAnswers(answers, () -> null),
                Meter.of(receipts, false),
                large);
    }

    private void initialize() throws IOException, InitializerFailure {
        if (initializer == null) {
            return;
        }
        Frame[] answer = {null};
        TaskRunner runner = runner(encoded -> answer[0] = encoded.toFrame());
        initializing = true;
        runner.run(runner.prepare(initializer.frame().toFrame()));
        initializing = false;
        if (answer[0] != null && answer[0].type() == FrameType.ERROR) {
            throw initializer.failure(answer[0]);
        }
    }

    private void serve(TaskRunner runner) throws IOException {
        while (!killed) {
            Frame frame = take();
            if (frame == null) {
                return;
            }
            if (frame.type() == FrameType.RETIRE) {
                context.close();
                return;
            }
            runner.run(runner.prepare(frame));
        }
    }

    /** Null when it was killed. */
    private @Nullable Frame take() {
        while (!killed) {
            try {
                return inbox.take();
            } catch (InterruptedException e) {
                // killed; or a task that is over has left a thread behind, which interrupts this one
            }
        }
        return null;
    }

    private void note(long taskId, Phase phase) throws IOException {
        mark = new BeginMark.Reading(taskId, phase);
        context.executing(taskId);
        if (killed && phase != Phase.ENCODING) {
            throw new IOException("task #" + taskId + " is not wanted any more");
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by this thread alone
    private void answer(EncodedFrame encoded) {
        Frame frame = encoded.toFrame();
        if (frame.type() != FrameType.PARTIAL) {
            answers++;
            context.executing(0);
        }
        events().answered(frame);
    }

    private WorkerEvents events() {
        WorkerEvents listener = events;
        if (listener == null) {
            throw new IllegalStateException(label + " was not started");
        }
        return listener;
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /** Tells the end, on the worker's own thread or on the one that gives it up. False if the other one has. */
    private boolean conclude() {
        if (!concluded.compareAndSet(false, true)) {
            return false;
        }
        WorkerEvents listener = events();
        listener.gone(new WorkerEnd(
                pid,
                true,
                OptionalInt.empty(),
                Duration.ofNanos(System.nanoTime() - startNanos),
                answers,
                mark,
                List.of(),
                trouble));
        listener.cleared();
        return true;
    }
}
