/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.ProcessPoolOptions.Receipts;
import io.loky.internal.codec.SafeText;
import io.loky.internal.codec.broadcast.Handles;
import io.loky.internal.context.CurrentContext;
import io.loky.internal.context.KeptValues;
import io.loky.internal.directory.Leftovers;
import io.loky.internal.directory.WorkerDirectory;
import io.loky.internal.execution.ItemAnswers;
import io.loky.internal.execution.Meter;
import io.loky.internal.execution.TaskRunner;
import io.loky.internal.process.Session;
import io.loky.internal.wire.AnswerLog;
import io.loky.internal.wire.BeginMark;
import io.loky.internal.wire.ChannelBrokenException;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameOutput;
import io.loky.internal.wire.FrameReader;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.Hello;
import io.loky.internal.wire.LastWords;
import io.loky.internal.wire.OutputMark;
import io.loky.internal.wire.Pulse;
import io.loky.internal.wire.Token;
import io.loky.internal.wire.WorkerArguments;
import io.loky.internal.wire.WorkerExit;
import io.loky.internal.worker.broadcast.ReceivedValues;
import io.loky.internal.worker.classes.Mirrors;
import io.loky.internal.worker.health.Health;
import io.loky.internal.worker.health.HeapHistogram;
import io.loky.internal.worker.health.MemoryShortage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The main class of a worker JVM. Started by a pool, never by hand. */
public final class WorkerMain {
    /** The number of the initializer, after which a worker still waits for its first task. */
    private static final long NO_TASK = 0;

    /** For a start-up archive: this worker is here to load what others will need, and no task comes. */
    private static final boolean REHEARSES = Boolean.getBoolean("io.loky.internal.rehearsal");

    /** Found while there is memory: to end this JVM must need none. */
    private static final Runtime RUNTIME = Runtime.getRuntime();

    private WorkerMain() {}

    /**
     * Serves tasks until told to leave, or until the parent is gone.
     *
     * @param args see {@link WorkerArguments}
     */
    public static void main(String[] args) {
        WorkerArguments arguments = WorkerArguments.parse(args);
        Thread.currentThread().setName(arguments.label());
        StandardStreams.install();
        WorkerDirectory directory = new WorkerDirectory(Path.of(arguments.directory()));
        try {
            // The first read blocks on the parent's pipe, so from here on the parent's death ends this JVM.
            WorkerChannel channel = openChannel(arguments);
            Token token = Token.readFrom(channel.tokenSource());
            OutputMark outputMark = OutputMark.readFrom(channel.tokenSource());
            LastWords.signWith(outputMark);
            OutputMarks marks = new OutputMarks(outputMark);
            channel.connect();
            FrameReader in = new FrameReader(channel.in());
            BeginMark mark = makeMark(directory);
            startPulse(directory, arguments);
            ExitGuard.install(directory);
            HeapHistogram.prepare(arguments.label() + "-histogram");
            FrameOutput out = new FrameOutput(channel.out());
            out.send(new Hello(token, ProcessHandle.current().pid(), System.getProperty("java.version", "unknown"))
                    .encode());
            KeptValues context = new KeptValues(arguments.index());
            CurrentContext.set(context);
            Questions questions = new Questions(out, e -> end(e, directory));
            Mirrors mirrors = new Mirrors(questions, context::forget);
            ReceivedValues broadcasts = new ReceivedValues(questions, mirrors);
            Handles.ask(broadcasts);
            ItemAnswers items = new ItemAnswers(out::send, () -> makeLog(directory));
            Meter meter = Meter.of(Receipts.valueOf(arguments.receipts()), true);
            Health health = new Health(arguments.rules(), out::send);
            TaskThread thread = new TaskThread(out::send);
            serve(
                    new Inbox(in, questions, mirrors, thread, broadcasts::forget, e -> end(e, directory)),
                    new Beginnings(directory.claimsFile(), arguments.label() + "-claims", out::send),
                    new WarmUp(mirrors, meter, WorkerMain::tell),
                    new TaskRunner(
                            new TaskNotes(mark, context, marks, thread),
                            health,
                            mirrors,
                            items,
                            meter,
                            arguments.large()),
                    health);
            context.close();
            ExitGuard.leave();
            // Runs the user's shutdown hooks, unlike the halt of a worker that was left alone; the watcher goes on.
            System.exit(WorkerExit.RETIRED);
        } catch (Throwable e) { // a main thread that ends otherwise may leave a JVM that lives on and serves nobody
            end(e, directory);
        }
    }

    // What fails in the next two is not the parent's end, and must say so.

    private static WorkerChannel openChannel(WorkerArguments arguments) {
        try {
            return WorkerChannel.open(arguments);
        } catch (IOException e) {
            throw new UncheckedIOException("the channel cannot be opened: " + e, e);
        }
    }

    private static BeginMark makeMark(WorkerDirectory directory) {
        try {
            directory.make();
            return BeginMark.create(directory.markFile());
        } catch (IOException e) {
            throw new UncheckedIOException("the begin mark cannot be made: " + e, e);
        }
    }

    /** For chunks; null where the file system has no room for it, and each answer is sent at once. */
    private static @Nullable AnswerLog makeLog(WorkerDirectory directory) {
        try {
            return AnswerLog.create(directory.answersFile());
        } catch (IOException e) {
            return null;
        }
    }

    private static void startPulse(WorkerDirectory directory, WorkerArguments arguments) {
        try {
            Pulse.start(directory.pulseFile(), arguments.heartbeatMillis(), arguments.label() + "-pulse");
        } catch (IOException e) {
            throw new UncheckedIOException("the pulse cannot be started: " + e, e);
        }
    }

    /** Returns when told to leave. */
    private static void serve(Inbox inbox, Beginnings beginnings, WarmUp warmUp, TaskRunner runner, Health health)
            throws IOException {
        inbox.startWatching();
        while (serveOne(inbox, beginnings, warmUp, runner, health)) {
            health.rest();
        }
    }

    /** False when told to leave. A method of its own, so that nothing refers to a task and its answer when they are over. */
    private static boolean serveOne(Inbox inbox, Beginnings beginnings, WarmUp warmUp, TaskRunner runner, Health health)
            throws IOException {
        TaskRunner.Prepared task = receive(inbox, beginnings, warmUp, runner, health);
        if (task == null) {
            return false;
        }
        runner.run(task);
        return true;
    }

    /** The next task, decoded; null when told to leave. A method of its own, so that no frame outlives its decoding. */
    private static TaskRunner.@Nullable Prepared receive(
            Inbox inbox, Beginnings beginnings, WarmUp warmUp, TaskRunner runner, Health health) throws IOException {
        Frame frame = next(inbox, warmUp);
        if (frame.type() == FrameType.CHECK) {
            Frame check = frame;
            health.checkBy(() -> runner.rebuild(check));
            frame = next(inbox, warmUp);
        }
        while (!begins(frame, inbox, beginnings, warmUp, health)) {
            frame = next(inbox, warmUp); // that one is executed elsewhere
        }
        return switch (frame.type()) {
            case TASK, CHUNK -> runner.prepare(frame);
            case RETIRE -> null;
            default -> throw new ChannelBrokenException("a worker got a frame of type " + frame.type());
        };
    }

    private static boolean begins(Frame frame, Inbox inbox, Beginnings beginnings, WarmUp warmUp, Health health)
            throws IOException {
        inbox.begin();
        if (frame.taskId() == NO_TASK) {
            return true;
        }
        warmUp.end();
        ExitGuard.stayAwayIfExiting();
        return !health.isOver() && beginnings.begins();
    }

    private static Frame next(Inbox inbox, WarmUp warmUp) throws IOException {
        warmUp.runUntil(REHEARSES ? millis -> false : inbox::hasNextWithin);
        return inbox.next();
    }

    /** Nothing that anybody must know: it works without. */
    private static void tell(Throwable failure) {
        System.getLogger("io.loky.worker").log(Level.DEBUG, "the warm-up of a worker has failed in part", failure);
    }

    /**
     * Ends this JVM at once, since nobody is left to work for, or it cannot. No shutdown hooks: a hook of the user's code
     * that hangs would keep an orphan alive. Whatever fails on the way, for want of memory above all: a thread that got out of
     * here alive would leave a JVM that is never done with its task.
     */
    private static void end(Throwable reason, WorkerDirectory directory) {
        int code = WorkerExit.OUT_OF_MEMORY; // only for that can it fail to find out
        try {
            code = exitCode(reason);
            if (code == WorkerExit.PARENT_GONE) {
                endOrphan(directory);
            } else {
                sayWhy(reason, directory);
            }
        } finally {
            RUNTIME.halt(code);
        }
    }

    private static int exitCode(Throwable reason) {
        if (MemoryShortage.in(reason) != null) {
            return WorkerExit.OUT_OF_MEMORY;
        }
        // A stream that ends, and one that cannot be written to, mean that the parent is gone and cannot clean up.
        return reason instanceof IOException && !(reason instanceof ChannelBrokenException)
                ? WorkerExit.PARENT_GONE
                : WorkerExit.UNFIT;
    }

    private static void sayWhy(Throwable reason, WorkerDirectory directory) {
        OutOfMemoryError error = MemoryShortage.in(reason);
        try {
            if (error != null) {
                HeapHistogram.leave(error, directory.histogramFile());
            }
        } finally {
            LastWords.say("cannot go on: ".concat(SafeText.of(error == null ? reason : error)));
        }
    }

    /** Ends what this process has started, and removes the files: nobody else is left to do it. */
    private static void endOrphan(WorkerDirectory directory) {
        try {
            Session.killMembersOfOwn();
        } finally {
            try {
                directory.delete();
            } catch (IOException e) {
                // Nobody is left who could be told. The next parent of the same user sweeps it.
            }
            Leftovers.sweepBelow();
            Leftovers.sweepBeside(directory);
        }
    }
}
