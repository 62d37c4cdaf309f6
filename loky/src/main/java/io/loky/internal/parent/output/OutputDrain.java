/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.output;

import io.loky.OutputLine;
import io.loky.OutputRouting;
import io.loky.internal.parent.jvm.ExitHook;
import io.loky.internal.parent.thread.ServiceThread;
import io.loky.internal.wire.LastWords;
import io.loky.internal.wire.OutputMark;
import io.loky.internal.wire.OutputMarkReader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Carries what a worker prints, so that it never blocks on a full pipe, and remembers the last of it for the report of its
 * death. Lines go to where the pool's options say, except what belongs to a report: what the JVM says before the worker is
 * ready, the banner of a fatal error, and a worker's last words.
 *
 * <p>Where the routing asks whose output it is, the worker writes {@link OutputMark marks} into it. They and the answers of
 * tasks come on different pipes, read by different threads: so the thread that has an answer waits here until the
 * mark behind the task's output was read, too. It waits a second at most, and then not again until marks come: the
 * user's listener may be slow, or wait for that very answer.
 */
public final class OutputDrain {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    private static final int MAX_LINES = 60;
    private static final int CHUNK = 8 * 1024;
    /** Many more than there is room for in a pipe: where there are more the marks have got lost. */
    private static final int MAX_EXPECTED = 10_000;

    private static final long TASK_PATIENCE_MILLIS = 1_000;

    /** A JVM that dies of a fatal error goes on printing before that, or has begun to write its log. */
    private static final long BANNER_PATIENCE_MILLIS = 1_000;

    private static final long LOOK_NANOS = 10_000_000;

    /** At the exit of this JVM: if nothing comes for so long, there is no more, or somebody else holds the pipe open. */
    private static final long QUIET_AT_EXIT_MILLIS = 300;

    private static final String BANNER = "# A fatal error has been detected by the Java Runtime Environment";

    /** What is known of the worker's JVM otherwise. */
    public interface Jvm {
        boolean isAlive();

        /** Whether it has begun to write the log of a fatal error. */
        boolean hasCrashed();
    }

    private final InputStream in;
    private final Jvm jvm;
    private final OutputMark mark;
    private final int number;
    private final int index;
    private final Thread thread;
    private final LineSplitter lines = new LineSplitter(this::take);
    private final @Nullable OutputMarkReader marks;
    private final LineSink sink;

    /** Not 0 from when the worker is ready. */
    private volatile long pid;

    // For whoever waits for the rest: written by the drain's thread alone.
    private volatile boolean reading;
    private volatile long chunks;

    // Only the drain's thread uses these.
    private final List<byte[]> held = new ArrayList<>();
    private @Nullable TaskPrints current;

    /** Guarded by itself. */
    private final ArrayDeque<String> last = new ArrayDeque<>();

    /** The tasks that were sent to the worker, and whose output has not ended. Guarded by itself. */
    private final Map<Long, TaskPrints> expected = new LinkedHashMap<>();

    /** Whether the last wait for the end of a task's output was not in vain. Guarded by {@code expected}. */
    private boolean worthWaiting = true;

    private OutputDrain(
            InputStream in, Jvm jvm, OutputRouting routing, OutputMark mark, int number, int index, String threadName) {
        this.in = in;
        this.jvm = jvm;
        this.mark = mark;
        this.number = number;
        this.index = index;
        this.thread = ServiceThread.of(threadName, this::drain);
        this.marks = mark.isOff() ? null : new OutputMarkReader(mark, new Parts());
        this.sink = LineSink.of(routing, threadName);
    }

    /**
     * @param in closed at its end
     * @param mark what the worker was told to write between its tasks
     * @param number see {@link OutputLine#workerNumber()}
     * @param index see {@link OutputLine#workerIndex()}
     */
    public static OutputDrain start(
            InputStream in, Jvm jvm, OutputRouting routing, OutputMark mark, int number, int index, String threadName) {
        OutputDrain drain = new OutputDrain(in, jvm, routing, mark, number, index, threadName);
        drain.thread.start();
        return drain;
    }

    /** The worker is ready: what comes from now on is the user's. */
    public void forward(long workerPid) {
        pid = workerPid;
    }

    /** This task is about to be sent to the worker. */
    public void expect(TaskPrints task) {
        synchronized (expected) {
            expected.put(task.taskId(), task);
            if (expected.size() > MAX_EXPECTED) {
                expected.remove(expected.keySet().iterator().next());
            }
        }
    }

    /** After a task's answer: waits a moment for the end of its output. */
    public void awaitTask(long taskId) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TASK_PATIENCE_MILLIS);
        synchronized (expected) {
            while (worthWaiting && expected.containsKey(taskId)) {
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (leftMillis <= 0) {
                    worthWaiting = false;
                    LOG.log(Level.DEBUG, () -> thread.getName() + ": the output of task #" + taskId + " is late");
                    return;
                }
                try {
                    expected.wait(leftMillis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    /** After the worker's end: waits a moment for the end of its output, and says whether it came. */
    public boolean awaitEnd(long millis) {
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /**
     * The same, as long as there is more: a slow listener, or a terminal that somebody has stopped, may need a while for what
     * is in the pipe.
     *
     * @param quietMillis if nothing comes for so long, somebody else holds the pipe open
     */
    public boolean awaitRest(long quietMillis, long limitMillis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
        long seen;
        boolean quiet;
        do {
            seen = chunks;
            quiet = reading;
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (awaitEnd(Math.max(1, Math.min(quietMillis, left)))) { // 0 would be for ever
                return true;
            }
        } while (!(quiet && reading && chunks == seen)
                && System.nanoTime() - deadline < 0
                && !Thread.currentThread().isInterrupted());
        return false;
    }

    /** The last lines up to now. */
    public List<String> lastLines() {
        synchronized (last) {
            return new ArrayList<>(last);
        }
    }

    // ---- the drain's own thread -----------------------------------------------------------------------------------

    private void drain() {
        // A JVM that exits has read what its tasks have printed: it waits for this thread, within its patience.
        ExitHook.AtExit rest = new ExitHook.AtExit() {
            @Override
            public void await(long nanos) {
                awaitRest(QUIET_AT_EXIT_MILLIS, TimeUnit.NANOSECONDS.toMillis(nanos));
            }
        };
        ExitHook.add(rest);
        try {
            byte[] chunk = new byte[CHUNK];
            for (int n = next(chunk); n >= 0; n = next(chunk)) {
                split(chunk, n);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> thread.getName() + ": reading ended: " + e);
        } finally {
            end();
            ExitHook.remove(rest);
        }
    }

    private void split(byte[] chunk, int length) {
        try {
            if (marks == null) {
                lines.add(chunk, 0, length);
            } else {
                marks.read(chunk, length);
            }
        } catch (Throwable e) { // no memory left; if this thread ended, the worker would block on a full pipe
            lines.clear();
            LOG.log(Level.WARNING, thread.getName() + ": some of the output is lost", e);
        }
    }

    private void end() {
        try {
            if (marks != null) {
                marks.end();
            }
            lines.flush();
            settle();
            change(null);
            in.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> thread.getName() + ": closing failed: " + e);
        } finally {
            synchronized (expected) {
                expected.clear();
                expected.notifyAll();
            }
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by this thread alone
    private int next(byte[] chunk) throws IOException {
        if (!held.isEmpty()) {
            awaitMore();
        }
        reading = true;
        int n = in.read(chunk);
        chunks++;
        reading = false;
        return n;
    }

    /** What comes from now on is of this task; a line that the one before has not ended ends here. */
    private void change(@Nullable TaskPrints task) {
        lines.flush();
        release();
        current = task;
    }

    private void take(byte[] line) {
        String text = LineText.of(line).stripTrailing();
        String lastWords = LastWords.of(mark, text);
        remember(lastWords == null ? text : lastWords);
        if (pid == 0 || lastWords != null) {
            return;
        }
        if (!mayBeBanner(text)) {
            release();
        }
        if (mayBeBanner(text)) { // it may begin one where it does not continue one
            held.add(line);
        } else {
            pass(line);
        }
    }

    /**
     * Whether this line, behind those that are held, may be of the banner of a fatal error: a lone hash, the line that says what
     * it is, and more that begins like these. A task may print the same, and a process that it has started and that crashes does:
     * so they are only held, until it shows whose they are.
     */
    private boolean mayBeBanner(String text) {
        if (held.isEmpty()) {
            return text.equals("#");
        }
        if (held.size() == 1) {
            return text.startsWith(BANNER);
        }
        return held.size() < MAX_LINES && (text.isEmpty() || text.startsWith("#") || text.startsWith("["));
    }

    private void release() {
        List<byte[]> released = List.copyOf(held);
        held.clear();
        released.forEach(this::pass);
    }

    /** Nothing more belongs to what is held: if this JVM has crashed that is its banner, and else it is a user's. */
    private void settle() {
        if (jvm.hasCrashed()) {
            held.clear();
        } else {
            release();
        }
    }

    /** While something is held: returns when there is more to read, or when that is settled. */
    private void awaitMore() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BANNER_PATIENCE_MILLIS);
        while (!held.isEmpty()) {
            boolean alive = jvm.isAlive(); // asked first: nothing comes after what is there then
            if (in.available() > 0) {
                return;
            }
            if (!alive || (System.nanoTime() - deadline >= 0 && !jvm.hasCrashed())) {
                settle();
            } else {
                LockSupport.parkNanos(LOOK_NANOS);
                Thread.interrupted(); // else the next round would not park
            }
        }
    }

    private void remember(String text) {
        synchronized (last) {
            if (last.size() == MAX_LINES) {
                last.removeFirst();
            }
            last.addLast(text);
        }
    }

    private void pass(byte[] line) {
        TaskPrints task = current;
        if (task != null) {
            task.append(line);
        }
        sink.accept(line, () -> describe(line, task));
    }

    private OutputLine describe(byte[] line, @Nullable TaskPrints task) {
        return new OutputLine(
                LineText.of(line),
                number,
                index,
                pid,
                task == null ? OptionalLong.empty() : OptionalLong.of(task.taskId()),
                task == null ? Optional.empty() : Optional.of(task.taskName()));
    }

    /** What the marks divide the stream into. */
    private final class Parts implements OutputMarkReader.Target {
        @Override
        public void printed(byte[] bytes, int from, int to) {
            lines.add(bytes, from, to);
        }

        @Override
        public void begins(long taskId) {
            TaskPrints task;
            synchronized (expected) {
                task = expected.get(taskId);
            }
            change(task);
        }

        @Override
        public void ends(long taskId) {
            change(null);
            synchronized (expected) {
                expected.remove(taskId);
                worthWaiting = true;
                expected.notifyAll();
            }
        }
    }
}
