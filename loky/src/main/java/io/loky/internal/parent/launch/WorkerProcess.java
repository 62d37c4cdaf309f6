/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.CrashReport.KernelKills;
import io.loky.EndReason;
import io.loky.internal.capsule.WorkerSetup;
import io.loky.internal.directory.Leftovers;
import io.loky.internal.directory.WorkerDirectory;
import io.loky.internal.machine.OomKills;
import io.loky.internal.parent.broadcast.BroadcastDesk;
import io.loky.internal.parent.classes.ClassDesk;
import io.loky.internal.parent.crash.CrashLog;
import io.loky.internal.parent.crash.ExitCode;
import io.loky.internal.parent.crash.InitializerFailure;
import io.loky.internal.parent.crash.Remains;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.output.OutputDrain;
import io.loky.internal.parent.output.OutputPlan;
import io.loky.internal.parent.output.TaskPrints;
import io.loky.internal.parent.thread.ServiceThread;
import io.loky.internal.parent.thread.ServiceThreads;
import io.loky.internal.process.ResidentMemory;
import io.loky.internal.wire.AnswerLog;
import io.loky.internal.wire.ChannelBrokenException;
import io.loky.internal.wire.Claims;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameReader;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.Hello;
import io.loky.internal.wire.Interrupt;
import io.loky.internal.wire.OutputMark;
import io.loky.internal.wire.Pulse;
import io.loky.internal.wire.Remark;
import io.loky.internal.wire.StackSample;
import io.loky.internal.wire.Unfit;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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

    /** That process is dead, or has left the session, if nothing comes for so long. */
    private static final long QUIET_OUTPUT_MILLIS = 100;

    /** Whoever takes the output so slowly, the future of a dead worker's task does not wait longer for it. */
    private static final long LAST_OUTPUT_MILLIS = 2_000;

    /** The reasons to replace a worker that it may give itself; all others the pool knows better. */
    private static final Set<EndReason> REASONS_OF_WORKERS = Set.of(
            EndReason.MEMORY_GROWTH,
            EndReason.MEMORY_LIMIT,
            EndReason.OUT_OF_MEMORY,
            EndReason.UNHEALTHY,
            EndReason.DIRTY);

    /** A task whose process takes so many times its limit is not waited for: the machine may not have as much. */
    private static final int FAR_TOO_MUCH = 2;

    /** Above it no process can take that many times the limit. */
    private static final long MOST_MEMORY_LIMIT = Long.MAX_VALUE / FAR_TOO_MUCH;

    private final LaunchPlan plan;
    private final String label;
    private final int number;
    private final int index;
    private final AtomicBoolean concluded = new AtomicBoolean();
    private final ChannelOutput out = new ChannelOutput(this::write);
    private final Looks looks = new Looks();
    private volatile @Nullable WorkerEvents events;
    private volatile @Nullable Process process;
    private volatile @Nullable ProcessTree tree;
    private volatile @Nullable ParentChannel channel;
    private volatile @Nullable WorkerDirectory directory;
    private volatile @Nullable OutputDrain drain;
    private volatile @Nullable Throwable trouble;

    /** What it was started with; null where nobody wants to know. */
    private volatile @Nullable WorkerSetup setup;

    /** What it was started from. Written and read by the worker's own thread. */
    private StartUpArchive archive = StartUpArchive.NONE;

    private final ArchiveWorkshop.Stay stay = ArchiveWorkshop.OF_THIS_JVM.stay();

    /** That it is counted among the workers that share the machine. */
    private volatile LiveWorkers.@Nullable Place place;

    private volatile boolean givesMemoryBack;
    private volatile boolean killed;

    /** Whether somebody may be told what it printed last. */
    private volatile boolean reported = true;

    private volatile boolean ready;
    private volatile long startNanos;

    /** Whether it has greeted. From then on it has a directory. */
    private volatile boolean greeted;

    /** The JVM, as it knows itself; set before {@link #greeted}. Elsewhere this may be the number of another process. */
    private volatile long ownPid;

    /** Between its greeting and its being ready. Written by the worker's own thread. */
    private volatile boolean initializing;

    /** Whether it is, or will be after its next answer, busy with itself. Written by the worker's own thread. */
    private volatile boolean holding;

    /** Of its JVM, once that has greeted; 0 before. */
    private volatile long jvmPid;

    /** What the kernel had counted when it had just started; null before that is read, and where nothing counts. */
    private volatile @Nullable OomKills oomKills;

    /** The last task that was taken back. Guarded by the pool's lock. */
    private long takenBack;

    /** Which tasks it has begun; null before it says so there. */
    private volatile @Nullable Claims claims;

    /** Written by the worker's own thread. */
    private volatile long answers;

    /** Whether the process was seen to have ended while its channel had not. Only for {@link #beats}, one look at a time. */
    private volatile boolean seenDead;

    /**
     * @param number its number in its pool, from 1, never used again; 0 for one beside those of its pool
     * @param index its place among the workers of its pool, from 0, which it leaves to its successor
     */
    public WorkerProcess(LaunchPlan plan, int number, int index) {
        this.plan = plan;
        this.label = plan.poolLabel() + "-worker-" + number;
        this.number = number;
        this.index = index;
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
        if (p == null) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(jvmPid == 0 ? p.pid() : jvmPid);
    }

    @Override
    public void queue(EncodedFrame frame) {
        out.queueTask(frame);
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public boolean canTakeBack() {
        return claims != null;
    }

    @Override
    public long takeBack(long kept, long queued) {
        Claims c = claims;
        if (c == null) {
            throw new IllegalStateException(label + " does not say what it begins");
        }
        long last = c.takeBack(kept, queued);
        out.takenBack(Math.max(0, queued - Math.max(last, takenBack)));
        takenBack = queued;
        return last;
    }

    /** Not on the thread that reads its answers, which wait. Where it fails no task is sent ahead. */
    private void openClaims() {
        WorkerDirectory d = directory;
        try {
            claims = d == null ? null : Claims.open(d.claimsFile());
        } catch (IOException | RuntimeException e) { // it is gone already; or there is no memory to map
            LOG.log(Level.DEBUG, () -> label + ": what it claims cannot be read: " + e);
        }
    }

    @Override
    public void expectOutputOf(TaskPrints task) {
        OutputDrain d = drain;
        if (d != null) {
            d.expect(task);
        }
    }

    @Override
    public void awaitOutputOf(long taskId) {
        OutputDrain d = drain;
        if (d != null) {
            d.awaitTask(taskId);
        }
    }

    @Override
    public void interrupt(long taskId, long graceNanos, boolean sampled) {
        sendToBusy(new Interrupt(taskId, TimeUnit.NANOSECONDS.toMillis(graceNanos), sampled).encode());
    }

    @Override
    public CompletableFuture<List<StackTraceElement>> look(long taskId) {
        boolean reads = taskId == Initializer.ID ? initializing : ready;
        return reads
                ? looks.ask(taskId, look -> sendToBusy(look.encode()))
                : CompletableFuture.completedFuture(List.of());
    }

    /** To a worker that has a task, and may read late, or never. The caller may be the clock of all pools, and does not wait. */
    private void sendToBusy(EncodedFrame frame) {
        ServiceThreads.execute(() -> out.sendAside(frame));
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
        leaveLedger();
        out.send(EncodedFrame.empty(FrameType.RETIRE));
    }

    @Override
    public void collect() {
        if (givesMemoryBack) {
            out.send(EncodedFrame.empty(FrameType.COLLECT));
        }
    }

    @Override
    public void kill() {
        killed = true; // read by a start that is under way, after it has set the tree
        leaveLedger();
        ProcessTree t = tree;
        if (t != null) {
            t.kill();
        }
    }

    @Override
    public void killUnreported() {
        reported = false;
        kill();
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

    @Override
    public @Nullable IOException excess() {
        long limit = plan.memoryLimit();
        if (!ready || limit > MOST_MEMORY_LIMIT) {
            return null;
        }
        long resident = ResidentMemory.of(jvmPid);
        return resident <= FAR_TOO_MUCH * limit
                ? null
                : new IOException("its process took " + (resident >> 20) + " MiB, more than " + FAR_TOO_MUCH
                        + " times its workerMemoryLimit of " + (limit >> 20) + " MiB");
    }

    @Override
    public void blame(IOException reason) {
        trouble = reason;
    }

    // ---- the worker's own thread ----------------------------------------------------------------------------------

    private void live() {
        WorkerEvents listener = events();
        try {
            ParentChannel c = launch();
            ClassDesk desk = plan.desk(label, out::sendAside, this::kill);
            BroadcastDesk broadcasts = new BroadcastDesk(label, out::sendAside, out::send, this::kill);
            try {
                initialize(c.reader(), desk, broadcasts);
                ready = true;
                listener.ready();
                stay.serves(archive);
                serve(c.reader(), listener, desk, broadcasts);
            } finally {
                desk.close();
                broadcasts.close();
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
        OutputMark mark = new OutputPlan(plan.output()).mark();
        ParentChannel c = ParentChannel.open(mark);
        try {
            Share share = plan.share(index, enterLedger());
            givesMemoryBack = plan.canGiveMemoryBack(share);
            StartUpArchive from = plan.archive(share);
            archive = from;
            stay.enter();
            Process p = plan.command(c, chosen, label, index, share, from).start();
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
            OutputDrain d = OutputDrain.start(
                    c.output(p), new Jvm(p, chosen), plan.output(), mark, number, index, label + "-output");
            drain = d;
            channel = c;
            Hello hello = c.connect(p);
            LOG.log(Level.DEBUG, () -> label + " has greeted: pid " + hello.pid() + ", Java " + hello.javaVersion());
            if (hello.pid() != p.pid() && !p.isAlive()) {
                throw new ChannelBrokenException("the command before the worker's own has ended, and left it behind");
            }
            ownPid = hello.pid();
            greeted = true;
            setup = plan.setup(chosen, index, share, hello.javaVersion());
            t.note(chosen);
            jvmPid = jvmPid(p, hello);
            d.forward(pid().orElse(p.pid()));
            // aside: what it says is needed only when this worker has been killed
            ServiceThreads.execute(() -> oomKills = OomKills.of(jvmPid).orElse(null));
            return c;
        } catch (Throwable e) {
            c.close();
            throw e;
        }
    }

    /** How many workers of other pools there are. */
    private int enterLedger() {
        LiveWorkers.Place entered = plan.enter(LiveWorkers.OF_THIS_JVM);
        place = entered;
        if (killed) { // perhaps before the place was seen
            entered.leave();
        }
        return entered.others();
    }

    /** It uses the machine no longer, or soon not. */
    private void leaveLedger() {
        LiveWorkers.Place entered = place;
        if (entered != null) {
            entered.leave();
        }
    }

    /**
     * A command prefix may have started the JVM as a process of its own. And where it has put that into a pid namespace, the
     * JVM knows itself by a number that means nothing here.
     */
    private static long jvmPid(Process started, Hello hello) {
        boolean isBelow =
                hello.pid() != started.pid() && started.descendants().anyMatch(process -> process.pid() == hello.pid());
        return isBelow ? hello.pid() : started.pid();
    }

    /** Gives the worker the check of its health, and has it run the initializer of its pool, if there are such. */
    private void initialize(FrameReader reader, ClassDesk desk, BroadcastDesk broadcasts)
            throws IOException, InitializerFailure {
        EncodedFrame check = plan.check();
        if (check != null) {
            write(check);
        }
        Initializer initializer = plan.initializer();
        if (initializer == null) {
            return;
        }
        initializing = true;
        out.queueTask(initializer.frame());
        out.flush(); // not beside a question that somebody asks about it
        Frame answer = reader.read();
        while (answer != null && !isAnswerOrTrouble(answer)) {
            switch (answer.type()) {
                case STACK -> seen(answer, events());
                case BROADCAST_ASK -> broadcasts.asked(answer);
                default -> desk.asked(answer);
            }
            answer = reader.read();
        }
        if (answer == null) {
            throw new EOFException("it ended while it ran the initializer");
        }
        if (answer.taskId() != Initializer.ID || !isAnswer(answer)) {
            throw new ChannelBrokenException("a worker that ran the initializer sent a frame of type " + answer.type());
        }
        if (answer.type() == FrameType.ERROR) {
            throw initializer.failure(answer);
        }
        initializing = false;
    }

    private static boolean isAnswerOrTrouble(Frame frame) {
        return switch (frame.type()) {
            case CLASS_ASK, BROADCAST_ASK, STACK -> false;
            default -> true;
        };
    }

    private static boolean isAnswer(Frame frame) {
        return frame.type() == FrameType.VALUE || frame.type() == FrameType.ERROR;
    }

    /** The process has ended, and its channel not with it: what it has started may hold that open. */
    private void ended() {
        ProcessTree t = tree;
        if (t != null && !concluded.get()) {
            ServiceThreads.execute(t::clear);
        }
    }

    private void serve(FrameReader reader, WorkerEvents listener, ClassDesk desk, BroadcastDesk broadcasts)
            throws IOException {
        boolean open;
        do {
            open = serveOne(reader, listener, desk, broadcasts);
        } while (open);
    }

    /** False at the end of the channel. A method of its own: while the next frame is awaited the last one is let go. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by this thread alone
    private boolean serveOne(FrameReader reader, WorkerEvents listener, ClassDesk desk, BroadcastDesk broadcasts)
            throws IOException {
        Frame frame = reader.read(listener);
        if (frame == null) {
            return false;
        }
        if (frame.type() == FrameType.CLASS_ASK) {
            desk.asked(frame);
            return true;
        }
        if (frame.type() == FrameType.BROADCAST_ASK) {
            broadcasts.asked(frame);
            return true;
        }
        if (frame.type() == FrameType.UNFIT) {
            Unfit unfit = Unfit.decode(frame);
            listener.unfit(reasonOf(unfit), unfit.detail());
            return true;
        }
        if (frame.type() == FrameType.HOLD) {
            holding = true;
            listener.holds();
            return true;
        }
        if (frame.type() == FrameType.FREE) {
            holding = false;
            listener.free();
            return true;
        }
        if (frame.type() == FrameType.REMARK) {
            Remark remark = Remark.decode(frame);
            listener.remarked(remark.taskId(), remark.text());
            return true;
        }
        if (frame.type() == FrameType.STACK) {
            seen(frame, listener);
            return true;
        }
        if (frame.type() == FrameType.CLAIMS) {
            ServiceThreads.execute(this::openClaims);
            return true;
        }
        switch (frame.type()) {
            case VALUE, ERROR -> {
                answers++;
                out.answered();
            }
            case PARTIAL -> {}
            default -> throw new ChannelBrokenException("a worker sent a frame of type " + frame.type());
        }
        listener.answered(frame);
        return true;
    }

    private void seen(Frame frame, WorkerEvents listener) throws IOException {
        if (frame.skipped() > 0) {
            return; // this JVM has no memory for it, and can do without
        }
        StackSample sample = StackSample.decode(frame);
        if (!looks.answered(sample)) {
            listener.sampled(sample.taskId(), sample.frames());
        }
    }

    private static EndReason reasonOf(Unfit unfit) throws ChannelBrokenException {
        for (EndReason reason : REASONS_OF_WORKERS) {
            if (reason.name().equals(unfit.reason())) {
                return reason;
            }
        }
        throw new ChannelBrokenException("a worker gave " + unfit.reason() + " as the reason to replace it");
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /** Tells the end, on the worker's own thread or on the one that gives it up. False if the other one has. */
    private boolean conclude() {
        if (!concluded.compareAndSet(false, true)) {
            return false;
        }
        looks.end();
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
                    AnswerLog.Reading.NONE,
                    List.of(),
                    Remains.NONE,
                    trouble,
                    setup);
        }
        if (holding && !killed) {
            listener.unfit(EndReason.UNHEALTHY, endWhileHolding(end));
            listener.free();
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

    /** No task is concerned whose failure would tell. */
    private String endWhileHolding(WorkerEnd end) {
        return "its process ended, "
                + (end.exitCode().isPresent()
                        ? "with exit code " + end.exitCode().getAsInt() + ", "
                        : "")
                + (plan.check() == null ? "while it collected garbage" : "while its health check ran");
    }

    /** Waits for the process's end, and collects what it left. */
    private WorkerEnd examine() {
        Process p = process;
        OptionalInt exitCode = p == null ? OptionalInt.empty() : awaitExit(p);
        List<String> output = lastOutput();
        WorkerDirectory left = directory;
        Autopsy autopsy = left == null ? Autopsy.OF_NOTHING : autopsy(left, output);
        Throwable told = trouble;
        return new WorkerEnd(
                pid().orElse(0),
                ready,
                exitCode,
                Duration.ofNanos(System.nanoTime() - startNanos),
                answers,
                autopsy.mark(),
                autopsy.answers(),
                output,
                remains(autopsy, left, exitCode),
                initializing && !(told instanceof InitializerFailure) ? InitializerFailure.ended(told) : told,
                setup);
    }

    private Autopsy autopsy(WorkerDirectory left, List<String> output) {
        // It made the directory before it greeted.
        return greeted ? Autopsy.of(left, output, ownPid, label) : Autopsy.ofNothing(left, output, label);
    }

    /** With what the kernel has to say about it, and what the user wants to keep of it. */
    private Remains remains(Autopsy autopsy, @Nullable WorkerDirectory left, OptionalInt exitCode) {
        Remains remains = autopsy.remains();
        OomKills counted = oomKills;
        if (counted != null && !killed && exitCode.isPresent() && ExitCode.isKill(exitCode.getAsInt())) {
            OptionalLong now = counted.now();
            if (now.isPresent()) {
                long after = now.getAsLong();
                remains = remains.with(
                        Optional.of(new KernelKills(counted.file().toString(), counted.before(), after)),
                        counted.explain(after));
            }
        }
        return left == null
                ? remains
                : remains.keeping(CrashFiles.keep(
                        remains.crashLog(),
                        left.path(),
                        plan.logFallbacks(),
                        plan.crashDirectory(),
                        pid().orElse(0),
                        label));
    }

    private List<String> lastOutput() {
        OutputDrain d = drain;
        if (d == null) {
            return List.of();
        }
        ProcessTree t = tree;
        if (!d.awaitEnd(END_OF_OUTPUT_MILLIS) && reported && t != null) {
            t.clear(); // what it has started holds its output open
            d.awaitRest(QUIET_OUTPUT_MILLIS, LAST_OUTPUT_MILLIS);
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

    /** For its output. */
    private record Jvm(Process process, WorkerDirectory directory) implements OutputDrain.Jvm {
        @Override
        public boolean isAlive() {
            return process.isAlive();
        }

        @Override
        public boolean hasCrashed() {
            return CrashLog.isIn(directory.path());
        }
    }

    /** Ends and removes what is left. May be called again. */
    private void tidy() {
        leaveLedger();
        try {
            ProcessTree t = tree;
            if (t != null) {
                t.clear();
            }
            WorkerDirectory left = directory;
            if (left != null) {
                DirectoriesAtExit.delete(left);
            }
        } finally {
            stay.leave(); // after its end was told: this may wait for another process
        }
        ParentChannel c = channel;
        if (c != null) {
            // On a thread that nobody waits for: a writer that is stuck holds the stream's lock.
            ServiceThreads.execute(c::close);
        }
    }
}
