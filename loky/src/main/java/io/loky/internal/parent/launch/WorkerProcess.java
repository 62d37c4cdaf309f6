/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.parent.crash.CrashLog;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.thread.ServiceThread;
import io.loky.internal.wire.BeginMark;
import io.loky.internal.wire.ChannelBrokenException;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameReader;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.Hello;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A worker JVM as the parent holds it: its process, its channel, and the one thread that starts it, reads its answers and
 * performs the autopsy. A second thread carries its output.
 *
 * <p>Nothing is started before {@link #start}. The other methods may be called from any thread at any time; {@link #send}
 * and {@link #retire} only while the worker is waiting for a task, which the pool's state knows.
 */
public final class WorkerProcess {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    /** A JVM with a large heap needs a while between closing its files and being gone; then it is no longer believed. */
    private static final long EXIT_PATIENCE_SECONDS = 3;

    /** A process that SIGKILL has not ended by then hangs in the kernel; its pool must not hang with it. */
    private static final long KILL_PATIENCE_SECONDS = 10;

    private final LaunchPlan plan;
    private final String label;
    private volatile @Nullable WorkerEvents events;
    private volatile @Nullable Process process;
    private volatile @Nullable ParentChannel channel;
    private volatile boolean killed;

    // Only the worker's own thread uses these.
    private @Nullable WorkerDirectory directory;
    private @Nullable OutputDrain drain;
    private boolean ready;
    private long answers;
    private long startNanos;
    private @Nullable Throwable trouble;

    /**
     * @param index its number in its pool
     */
    public WorkerProcess(LaunchPlan plan, int index) {
        this.plan = plan;
        this.label = plan.poolLabel() + "-worker-" + index;
    }

    /** Starts the process on a thread of its own; all that follows is told to the events. */
    public void start(WorkerEvents listener) {
        events = listener;
        try {
            ServiceThread.of(label, this::live).start();
        } catch (Throwable e) { // OutOfMemoryError: unable to create native thread
            trouble = e;
            listener.gone(autopsy());
        }
    }

    /** The pid, once there is a process. */
    public OptionalLong pid() {
        Process p = process;
        return p == null ? OptionalLong.empty() : OptionalLong.of(p.pid());
    }

    /** Writes a task. A worker that cannot take it is dead or dying: its end is told to the events. */
    public void send(EncodedFrame frame) {
        ParentChannel c = channel;
        try {
            if (c == null) {
                throw new IOException("there is no channel yet");
            }
            frame.writeTo(c.out());
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> label + " could not be written to; ending it: " + e);
            kill();
        }
    }

    /** Tells it to leave. */
    public void retire() {
        send(EncodedFrame.empty(FrameType.RETIRE));
    }

    /** Ends the process, and those that it started, by SIGKILL. */
    public void kill() {
        killed = true; // read by a start that is under way, after it has set the process
        Process p = process;
        if (p != null) {
            List<ProcessHandle> descendants = descendantsOf(p);
            p.destroyForcibly();
            descendants.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private List<ProcessHandle> descendantsOf(Process p) {
        try {
            return p.descendants().toList();
        } catch (RuntimeException e) { // no file descriptor is free, or no process table readable: then only the worker
            LOG.log(Level.WARNING, label + ": the processes that it started cannot be found, and stay", e);
            return List.of();
        }
    }

    // ---- the worker's own thread ----------------------------------------------------------------------------------

    private void live() {
        WorkerEvents listener = events();
        try {
            ParentChannel c = launch();
            listener.ready();
            serve(c.reader(), listener);
        } catch (EOFException e) {
            LOG.log(Level.DEBUG, () -> label + ": " + e.getMessage()); // it died while it wrote: an end like others
        } catch (Throwable e) { // whatever it is, the worker's end must be told, or its task waits forever
            trouble = e;
        }
        WorkerEnd end;
        try {
            end = autopsy();
        } catch (Throwable e) {
            LOG.log(Level.WARNING, label + ": its end could not be examined", e);
            end = withoutEvidence();
        }
        listener.gone(end);
    }

    private WorkerEvents events() {
        WorkerEvents listener = events;
        if (listener == null) {
            throw new IllegalStateException(label + " was not started");
        }
        return listener;
    }

    private ParentChannel launch() throws IOException {
        startNanos = System.nanoTime();
        if (killed) {
            throw new IOException("killed before it was started");
        }
        WorkerDirectory chosen = WorkerDirectory.choose();
        DirectoriesAtExit.add(chosen);
        directory = chosen;
        ParentChannel c = ParentChannel.open();
        try {
            Process p = plan.command(c, chosen, label).start();
            process = p;
            if (killed) {
                kill();
            }
            Thread.currentThread().setName(label + " (pid " + p.pid() + ")");
            drain = OutputDrain.start(c.output(p), plan.output(), label + "-output");
            channel = c;
            Hello hello = c.connect(p);
            LOG.log(Level.DEBUG, () -> label + " is ready: pid " + hello.pid() + ", Java " + hello.javaVersion());
            ready = true;
            drain.forward();
            return c;
        } catch (Throwable e) {
            c.close();
            throw e;
        }
    }

    private void serve(FrameReader reader, WorkerEvents listener) throws IOException {
        boolean open;
        do {
            open = serveOne(reader, listener);
        } while (open);
    }

    /** False at the end of the channel. A method of its own: while the next frame is awaited the last one is let go. */
    private boolean serveOne(FrameReader reader, WorkerEvents listener) throws IOException {
        Frame frame = reader.read();
        if (frame == null) {
            return false;
        }
        if (frame.type() != FrameType.VALUE && frame.type() != FrameType.ERROR) {
            throw new ChannelBrokenException("a worker sent a frame of type " + frame.type());
        }
        answers++;
        listener.answered(frame);
        return true;
    }

    /** Waits for the process's end and collects what it left, then removes its directory. */
    private WorkerEnd autopsy() {
        Process p = process;
        OptionalInt exitCode = p == null ? OptionalInt.empty() : awaitExit(p);
        List<String> output = drain == null ? List.of() : drain.finish();
        CrashLog crashLog = null;
        BeginMark.Reading mark = BeginMark.Reading.NONE;
        if (directory != null) {
            try {
                if (ready) { // it made the directory before it greeted
                    mark = BeginMark.read(directory.markFile());
                    crashLog = CrashLog.find(directory.path());
                }
            } catch (IOException e) {
                LOG.log(Level.WARNING, label + ": the evidence in " + directory.path() + " could not be read", e);
                mark = BeginMark.Reading.UNKNOWN;
            }
            directory.delete();
            DirectoriesAtExit.remove(directory);
        }
        ParentChannel c = channel;
        if (c != null) {
            c.close();
        }
        Duration uptime = Duration.ofNanos(System.nanoTime() - startNanos);
        long pid = p == null ? 0 : p.pid();
        return new WorkerEnd(pid, ready, exitCode, uptime, answers, mark, output, crashLog, trouble);
    }

    /** The end of the channel means the end of the process, soon; if not, it is made so. */
    private OptionalInt awaitExit(Process p) {
        if (trouble != null) {
            kill(); // what it says is no longer understood
        }
        for (; ; ) {
            try {
                if (!p.waitFor(EXIT_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    trouble = new IOException(
                            "it closed its channel and did not end within " + EXIT_PATIENCE_SECONDS + " s");
                    kill();
                    if (!p.waitFor(KILL_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                        return OptionalInt.empty();
                    }
                }
                return OptionalInt.of(p.exitValue());
            } catch (InterruptedException e) {
                // Nobody interrupts this thread but a user who lists all threads; the wait is bounded and goes on.
                LOG.log(Level.DEBUG, label + ": interrupted while waiting for the end of the process");
            }
        }
    }

    private WorkerEnd withoutEvidence() {
        OptionalLong pid = pid();
        return new WorkerEnd(
                pid.orElse(0),
                ready,
                OptionalInt.empty(),
                Duration.ZERO,
                answers,
                BeginMark.Reading.UNKNOWN,
                List.of(),
                null,
                trouble);
    }
}
