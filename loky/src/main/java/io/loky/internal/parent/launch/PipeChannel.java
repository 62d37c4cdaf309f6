/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.wire.FrameReader;
import io.loky.internal.wire.Hello;
import io.loky.internal.wire.OutputMark;
import io.loky.internal.wire.WorkerArguments;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The process's own standard pipes, moved away from descriptors 0 and 1 before the JVM starts: those belong to the user's
 * code, and native code prints to 1 as it likes. The worker's standard input is then empty, and what it prints on either
 * stream arrives on the error pipe. No file, no port: nobody else can get at the channel.
 *
 * <p>The process's input stream is read through the JDK's own buffered stream and never around it. When the process ends
 * the JDK moves what is left in the pipe into that stream, under the stream's lock; so a result that a dead worker had
 * still sent is read whole and in order.
 */
final class PipeChannel extends ParentChannel {
    private static final String SCRIPT =
            "exec \"$0\" \"$@\" " + WorkerArguments.IN_FD + "<&0 " + WorkerArguments.OUT_FD + ">&1 0</dev/null 1>&2";

    private @Nullable Process process;

    PipeChannel(OutputMark mark) {
        super(mark);
    }

    @Override
    String address() {
        return WorkerArguments.PIPES;
    }

    @Override
    List<String> wrap(List<String> java) {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT));
        command.addAll(java);
        return command;
    }

    @Override
    InputStream output(Process started) {
        return started.getErrorStream();
    }

    @Override
    boolean mergesOutput() {
        return false; // the script has done it
    }

    @Override
    Hello connect(Process started) throws IOException {
        process = started;
        FrameReader frames = new FrameReader(started.getInputStream());
        opened(frames, started.getOutputStream());
        introduce(started.getOutputStream());
        return greeting(frames);
    }

    @Override
    void close() {
        if (process != null) {
            Closing.quietly(process.getOutputStream());
            Closing.quietly(process.getInputStream());
        }
    }
}
