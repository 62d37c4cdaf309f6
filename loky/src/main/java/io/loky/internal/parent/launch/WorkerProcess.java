/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.directory.Leftovers;
import io.loky.internal.directory.WorkerDirectory;
import io.loky.internal.parent.classes.ClassDesk;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.thread.ServiceThread;
import io.loky.internal.parent.thread.ServiceThreads;
import io.loky.internal.wire.ChannelBrokenException;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameReader;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.Hello;
import io.loky.internal.wire.Pulse;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A worker JVM as the parent holds it: its process, its channel, and the one thread that starts it, reads its answers and
 * examines its end. A second thread carries its output.
 *
 * <p>The end comes in two steps. {@code gone}: the process has ended and the channel was read to its end, so it is known what
 * became of the task. {@code cleared}: what it has started is dead too, and its files are removed. In between nobody waits.
 *
 * <p>The end of the channel is what the worker's own thread waits for. It does not come where another process holds the
 * channel open, or where the process cannot be killed; then {@link #abandon} examines the end as it is.
 */
public final class WorkerProcess implements WorkerHandle {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    /** A JVM with a large heap needs a while between closing its files and being gone; then it is no longer believed. */
    private static final long EXIT_PATIENCE_SECONDS = 3;

    /** A process that SIGKILL has not ended by then hangs in the kernel; its pool must not hang with it. */
    private static final long KILL_PATIENCE_SECONDS = 5;

    /** Its output ends with it, a moment later; unless a process that it has started holds it open. */
    private static final long END_OF_OUTPUT_MILLIS = 50;

    /** That process is dead by then, or has left the session; it is not waited for. */
    private static final long LAST_OUTPUT_MILLIS = 200;

    private final LaunchPlan plan;
    private final String label;
    private final AtomicBoolean concluded = new AtomicBoolean();
    private final ChannelOutput out = new ChannelOutput(this::write);
    private volatile @Nullable WorkerEvents events;
    private volatile @Nullable Process process;
    private volatile @Nullable ProcessTree tree;
    private volatile @Nullable ParentChannel channel;
    private volatile @Nullable WorkerDirectory directory;
    private volatile @Nullable OutputDrain drain;
    private volatile @Nullable Throwable trouble;
    private volatile boolean killed;
    private volatile boolean ready;
    private volatile long startNanos;

    /** Written by the worker's own thread. */
    private volatile long answers;

    /** Whether the process was seen to have ended while its channel had not. Only for {@link #beats}, one look at a time. */
    private volatile boolean seenDead;

    /**
     * @param index its number in its pool
     */
    public WorkerProcess(LaunchPlan plan, int index) {
        this.plan = plan;
        this.label = plan.poolLabel() + "-worker-" + index;
    }

    @Override
    public void start(WorkerEvents listener) {
        events = listener;
        startNanos = System.nanoTime();
        try {
            ServiceThread.of(label, this::live).start();
        } catch (Throwable e) { // OutOfMemoryError: unable to create native thread
            trouble = e;
            giveUp();
        }
    }

    @Override
    public OptionalLong pid() {
        Process p = process;
        return p == null ? OptionalLong.empty() : OptionalLong.of(p.pid());
    }

    @Override
    public void send(EncodedFrame frame) {
        out.send(frame);
    }

    private void write(EncodedFrame frame) {
        ParentChannel c = channel;
        try {
            if (c == null) {
                throw new IOException("there is no channel yet");
            }
            frame.writeTo(c.out());
        } catch (Throwable e) { // it is gone; or there is no memory left, and half a frame may have been written
            LOG.log(Level.DEBUG, () -> label + " could not be written to; ending it: " + e);
            kill();
        }
    }

    @Override
    public void retire() {
        send(EncodedFrame.empty(FrameType.RETIRE));
    }

    @Override
    public void kill() {
        killed = true; // read by a start that is under way, after it has set the tree
        ProcessTree t = tree;
        if (t != null) {
            t.kill();
        }
    }

    @Override
    public void abandon() {
        killed = true;
        if (events == null) {
            return; // the thread that is to start it is late: it will find it killed, and tell the end itself
        }
        ServiceThreads.execute(this::giveUp);
    }

    private void giveUp() {
        boolean first = conclude();
        LOG.log(Level.DEBUG, () -> label + (first ? " was given up" : " was to be given up, and has ended"));
    }

    @Override
    public long beats() {
        Process p = process;
        WorkerDirectory d = directory;
        if (p == null || d == null || !ready) {
            return -1;
        }
        if (!p.isAlive()) {
            // Its channel should have ended with it. Given one more look: the end may be on its way.
            if (seenDead) {
                abandon();
            }
            seenDead = true;
            return -1;
        }
        try {
            return Pulse.beats(d.pulseFile());
        } catch (IOException e) { // no file descriptor is free, or the directory was removed: that tells nothing of the
            // worker
            LOG.log(Level.DEBUG, () -> label + ": its pulse cannot be read: " + e);
            return -1;
        }
    }

    // ---- the worker's own thread ----------------------------------------------------------------------------------

    private void live() {
        WorkerEvents listener = events();
        try {
            ParentChannel c = launch();
            ClassDesk desk = new ClassDesk(label, out::sendAside, this::kill);
            try {
                listener.ready();
                serve(c.reader(), listener, desk);
            } finally {
                desk.close();
            }
        } catch (EOFException e) {
            LOG.log(Level.DEBUG, () -> label + ": " + e.getMessage()); // it died while it wrote: an end like others
        } catch (Throwable e) { // whatever it is, the worker's end must be told, or its task waits forever
            trouble = e;
        }
        if (!conclude()) {
            tidy(); // it was given up, perhaps before it had a process
        }
    }

    private WorkerEvents events() {
        WorkerEvents listener = events;
        if (listener == null) {
            throw new IllegalStateException(label + " was not started");
        }
        return listener;
    }

    private ParentChannel launch() throws IOException {
        if (killed) {
            throw new IOException("killed before it was started");
        }
        WorkerDirectory chosen = WorkerDirectory.choose();
        DirectoriesAtExit.add(chosen);
        directory = chosen;
        ParentChannel c = ParentChannel.open();
        try {
            Process p = plan.command(c, chosen, label).start();
            ProcessTree t = new ProcessTree(p, label);
            process = p;
            tree = t;
            if (killed) {
                t.kill();
            }
            var unused = p.onExit().thenRun(this::ended);
            // while the worker starts
            ServiceThreads.execute(() -> Leftovers.sweepOnce(text -> LOG.log(Level.DEBUG, text)));
            Thread.currentThread().setName(label + " (pid " + p.pid() + ")");
            OutputDrain d = OutputDrain.start(c.output(p), plan.output(), label + "-output");
            drain = d;
            channel = c;
            Hello hello = c.connect(p);
            LOG.log(Level.DEBUG, () -> label + " is ready: pid " + hello.pid() + ", Java " + hello.javaVersion());
            ready = true;
            d.forward();
            return c;
        } catch (Throwable e) {
            c.close();
            throw e;
        }
    }

    /** The process has ended, and its channel not with it: what it has started may hold that open. */
    private void ended() {
        ProcessTree t = tree;
        if (t != null && !concluded.get()) {
            ServiceThreads.execute(t::clear);
        }
    }

    private void serve(FrameReader reader, WorkerEvents listener, ClassDesk desk) throws IOException {
        boolean open;
        do {
            open = serveOne(reader, listener, desk);
        } while (open);
    }

    /** False at the end of the channel. A method of its own: while the next frame is awaited the last one is let go. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by this thread alone
    private boolean serveOne(FrameReader reader, WorkerEvents listener, ClassDesk desk) throws IOException {
        Frame frame = reader.read();
        if (frame == null) {
            return false;
        }
        if (frame.type() == FrameType.CLASS_ASK) {
            desk.asked(frame);
            return true;
        }
        if (frame.type() != FrameType.VALUE && frame.type() != FrameType.ERROR) {
            throw new ChannelBrokenException("a worker sent a frame of type " + frame.type());
        }
        answers++;
        out.answered();
        listener.answered(frame);
        return true;
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /** Tells the end, on the worker's own thread or on the one that gives it up. False if the other one has. */
    private boolean conclude() {
        if (!concluded.compareAndSet(false, true)) {
            return false;
        }
        WorkerEvents listener = events();
        WorkerEnd end;
        try {
            end = examine();
        } catch (Throwable e) { // whatever it is, the end must be told
            LOG.log(Level.WARNING, label + ": its end could not be examined", e);
            end = new WorkerEnd(
                    pid().orElse(0),
                    ready,
                    OptionalInt.empty(),
                    Duration.ZERO,
                    answers,
                    Autopsy.UNREADABLE.mark(),
                    List.of(),
                    null,
                    trouble);
        }
        listener.gone(end);
        try {
            tidy();
        } catch (Throwable e) { // the pool waits for this to be told
            LOG.log(Level.WARNING, label + ": what it has left could not be removed", e);
        }
        listener.cleared();
        return true;
    }

    /** Waits for the process's end, and collects what it left. */
    private WorkerEnd examine() {
        Process p = process;
        OptionalInt exitCode = p == null ? OptionalInt.empty() : awaitExit(p);
        List<String> output = lastOutput();
        WorkerDirectory left = directory;
        // It made the directory before it greeted.
        Autopsy autopsy = ready && left != null ? Autopsy.of(left, label) : Autopsy.OF_NOTHING;
        return new WorkerEnd(
                p == null ? 0 : p.pid(),
                ready,
                exitCode,
                Duration.ofNanos(System.nanoTime() - startNanos),
                answers,
                autopsy.mark(),
                output,
                autopsy.crashLog(),
                trouble);
    }

    private List<String> lastOutput() {
        OutputDrain d = drain;
        if (d == null) {
            return List.of();
        }
        ProcessTree t = tree;
        if (!d.awaitEnd(END_OF_OUTPUT_MILLIS) && t != null) {
            t.clear(); // what it has started holds its output open
            d.awaitEnd(LAST_OUTPUT_MILLIS);
        }
        return d.lastLines();
    }

    /** The end of the channel means the end of the process, soon; if not, it is made so. */
    private OptionalInt awaitExit(Process p) {
        if (trouble != null) {
            kill(); // what it says is no longer understood
        }
        for (; ; ) {
            try {
                if (!p.waitFor(EXIT_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    if (trouble == null) {
                        trouble = new IOException("it did not end within " + EXIT_PATIENCE_SECONDS
                                + " s after it had closed its channel, or was killed");
                    }
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

    /** Ends and removes what is left. May be called again. */
    private void tidy() {
        ProcessTree t = tree;
        if (t != null) {
            t.clear();
        }
        WorkerDirectory left = directory;
        if (left != null) {
            DirectoriesAtExit.delete(left);
        }
        ParentChannel c = channel;
        if (c != null) {
            // On a thread that nobody waits for: a writer that is stuck holds the stream's lock.
            ServiceThreads.execute(c::close);
        }
    }
}
