/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import io.loky.TaskSerializationException;
import io.loky.internal.capsule.Capsule;
import io.loky.internal.capsule.ClassPathEntry;
import io.loky.internal.codec.ChunkCall;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.SafeText;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.codec.TaskHeader;
import io.loky.internal.codec.ThrowableCodec;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.ItemAnswer;
import io.loky.internal.wire.Sections;
import io.loky.internal.worker.classes.Mirrors;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a replayed task has answered, in words. For that the classes of the program are needed in this JVM, too, where only the
 * library is on the class path: they are found as a worker finds them.
 */
final class ReplayedAnswers implements Closeable {
    private static final String LIBRARY = "io.loky.internal.";

    private final Capsule capsule;
    private final URLClassLoader program;
    private final ObjectCodec plain;
    private int exitCode = Main.GOOD;

    ReplayedAnswers(Capsule capsule) {
        this.capsule = capsule;
        this.program = new URLClassLoader(urls(capsule), ReplayedAnswers.class.getClassLoader());
        this.plain = new ObjectCodec(new Mirrors(capsule.worker().classes()::answer, loader -> {}, program));
    }

    private static URL[] urls(Capsule capsule) {
        List<URL> urls = new ArrayList<>();
        for (ClassPathEntry entry : capsule.worker().classPath()) {
            try {
                urls.add(new File(entry.path()).toURI().toURL());
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException("the class path has " + entry.path() + ", which no URL can name", e);
            }
        }
        return urls.toArray(URL[]::new);
    }

    /** How a worker answers to this frame; the library's own way where that cannot be told, as the worker will say. */
    ObjectCodec codecOf(Frame task) {
        try {
            byte[] bytes = task.payload();
            int offset = TaskHeader.read(bytes).length();
            return task.type() == FrameType.CHUNK
                    ? ChunkCall.codecOf(plain, bytes, offset)
                    : TaskCall.codecOf(plain, bytes, offset);
        } catch (Throwable e) { // the codec is the user's code
            return plain;
        }
    }

    /** Returns the exit code. */
    int print(List<Frame> answers, PrintStream out) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(program);
        try {
            ObjectCodec codec = codecOf(new Frame(capsule.type(), capsule.taskId(), capsule.payload(), 0));
            for (Frame answer : answers) {
                print(answer, codec, out);
            }
        } finally {
            thread.setContextClassLoader(before);
        }
        return exitCode;
    }

    private void print(Frame answer, ObjectCodec codec, PrintStream out) {
        if (answer.skipped() > 0) {
            print(
                    "the task",
                    answer.type(),
                    "something of " + answer.skipped()
                            + " bytes, for which this JVM has no room (java -Xmx... -jar loky.jar)",
                    out);
        } else if (capsule.type() == FrameType.CHUNK && answer.type() != FrameType.ERROR) {
            ItemAnswer.read(
                    answer.payload(),
                    ItemAnswer.FIRST,
                    answer.sections(),
                    item -> print("the item", item.type(), item.payload(), item.sections(), codec, out));
        } else {
            print("the task", answer.type(), answer.payload(), answer.sections(), codec, out);
        }
    }

    private void print(
            String subject, FrameType type, byte[] bytes, Sections sections, ObjectCodec codec, PrintStream out) {
        try {
            if (type == FrameType.ERROR) {
                exitCode = Main.BAD;
                Throwable throwable = new ThrowableCodec(codec).read(bytes, sections);
                boolean ran = !isRefusal(throwable);
                exitCode = ran ? Main.BAD : Main.MISUSED;
                out.println(subject + (ran ? " threw:" : " could not be rebuilt, and was not run:"));
                throwable.printStackTrace(out);
            } else {
                out.println(subject + " returned: " + codec.read(bytes, sections));
            }
        } catch (Throwable e) { // the user's readObject and toString
            print(
                    subject,
                    type,
                    "something of " + (bytes.length + sections.bytes()) + " bytes, which cannot be shown here: "
                            + SafeText.of(e),
                    out);
        }
    }

    /** Whether the worker says so, and not code of the user's, which may fail to rebuild a task of its own. */
    static boolean isRefusal(Throwable thrown) {
        return thrown instanceof TaskSerializationException
                && Arrays.stream(thrown.getStackTrace())
                        .allMatch(frame -> frame.getClassName().startsWith(LIBRARY));
    }

    private void print(String subject, FrameType type, String what, PrintStream out) {
        out.println(subject + (type == FrameType.ERROR ? " threw " : " returned ") + what);
    }

    @Override
    public void close() throws IOException {
        program.close();
    }
}
