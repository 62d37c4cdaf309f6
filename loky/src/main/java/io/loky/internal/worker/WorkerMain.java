/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.internal.wire.BeginMark;
import io.loky.internal.wire.ChannelBrokenException;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameReader;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.Hello;
import io.loky.internal.wire.LastWords;
import io.loky.internal.wire.Token;
import io.loky.internal.wire.WorkerArguments;
import io.loky.internal.wire.WorkerExit;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;

/** The main class of a worker JVM. Started by a pool, never by hand. */
public final class WorkerMain {
    private WorkerMain() {}

    /**
     * Serves tasks until told to leave, or until the parent is gone.
     *
     * @param args see {@link WorkerArguments}
     */
    public static void main(String[] args) {
        WorkerArguments arguments = WorkerArguments.parse(args);
        Thread.currentThread().setName(arguments.label());
        Path directory = Path.of(arguments.directory());
        try {
            // The first read blocks on the parent's pipe, so from here on the parent's death ends this JVM.
            WorkerChannel channel = WorkerChannel.open(arguments);
            Token token = Token.readFrom(channel.tokenSource());
            channel.connect();
            FrameReader in = new FrameReader(channel.in());
            BeginMark mark = BeginMark.open(directory.resolve(WorkerArguments.MARK_FILE));
            new Hello(token, ProcessHandle.current().pid(), System.getProperty("java.version", "unknown"))
                    .encode()
                    .writeTo(channel.out());
            serve(new Inbox(in, e -> end(e, directory)), new TaskRunner(mark, channel.out()));
        } catch (IOException e) {
            end(e, directory);
        } catch (OutOfMemoryError e) { // only reading gets here: what a task throws is its answer
            LastWords.sayAndHalt("not enough memory to receive a task: " + e.getMessage(), WorkerExit.TASK_TOO_LARGE);
        }
        // Runs the shutdown hooks of the user's code, unlike the halt of a worker that was left alone.
        System.exit(WorkerExit.RETIRED);
    }

    /** Returns when told to leave. */
    private static void serve(Inbox inbox, TaskRunner runner) throws IOException {
        inbox.startWatching();
        for (; ; ) {
            Frame frame = inbox.next();
            if (frame.type() == FrameType.RETIRE) {
                return;
            }
            if (frame.type() != FrameType.TASK) {
                throw new ChannelBrokenException("a worker got a frame of type " + frame.type());
            }
            inbox.begin();
            runner.run(frame);
        }
    }

    /**
     * Ends this JVM at once, since nobody is left to work for. No shutdown hooks: a hook of the user's code that hangs
     * would keep an orphan alive.
     */
    private static void end(IOException reason, Path directory) {
        if (reason instanceof EOFException) { // between two frames: the parent is gone, and cannot clean up
            OwnDirectory.delete(directory);
            Runtime.getRuntime().halt(WorkerExit.PARENT_GONE);
        }
        LastWords.sayAndHalt("the channel to the parent is broken: " + reason, WorkerExit.CHANNEL_BROKEN);
    }
}
