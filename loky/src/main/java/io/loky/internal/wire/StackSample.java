/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the code of a task was at one moment, as its worker saw it. Of each frame goes what a reader wants to see: module,
 * class, method, file and line; not the version of the module and the name of the class loader, which a JVM leaves out of what it
 * prints, too, for its own.
 *
 * @param taskId the task
 * @param look the number of the {@link Look} that it answers; {@link #UNASKED} if none
 * @param frames innermost first, {@value #MOST_FRAMES} at most; empty if the worker does not execute that task
 */
public record StackSample(long taskId, long look, List<StackTraceElement> frames) {
    /** Told because the task was interrupted. */
    public static final long UNASKED = 0;

    /** More than these nobody reads. */
    public static final int MOST_FRAMES = 256;

    /** A generated name may be as long as 64 KiB. */
    private static final int LONGEST_NAME = 500;

    public StackSample {
        if (frames.size() > MOST_FRAMES) {
            throw new IllegalArgumentException("a stack of " + frames.size() + " frames of at most " + MOST_FRAMES);
        }
        frames = List.copyOf(frames);
    }

    public EncodedFrame encode() {
        FrameBuffer buffer = FrameBuffer.take();
        try {
            DataOutputStream out = new DataOutputStream(buffer);
            out.writeLong(look);
            out.writeInt(frames.size());
            for (StackTraceElement frame : frames) {
                WireText.write(cut(frame.getModuleName()), out);
                WireText.write(cut(frame.getClassName()), out);
                WireText.write(cut(frame.getMethodName()), out);
                WireText.write(cut(frame.getFileName()), out);
                out.writeInt(frame.getLineNumber());
            }
        } catch (IOException e) {
            throw new AssertionError("a buffer in memory refused a stack of task #" + taskId, e);
        }
        return buffer.finish(FrameType.STACK, taskId);
    }

    private static @Nullable String cut(@Nullable String name) {
        return name == null || name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "...";
    }

    /**
     * @throws ChannelBrokenException if the frame holds no stack
     * @throws IOException if its payload is too short
     */
    public static StackSample decode(Frame frame) throws IOException {
        DataInputStream in = new DataInputStream(frame.stream());
        long look = in.readLong();
        int count = in.readInt();
        if (count < 0 || count > MOST_FRAMES) {
            throw new ChannelBrokenException("a worker tells a stack of " + count + " frames");
        }
        List<StackTraceElement> frames = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String module = WireText.read(in);
            String type = WireText.read(in);
            String method = WireText.read(in);
            String file = WireText.read(in);
            if (type == null || method == null) {
                throw new ChannelBrokenException("a worker tells a stack with a frame of no method");
            }
            frames.add(new StackTraceElement(null, module, null, type, method, file, in.readInt()));
        }
        return new StackSample(frame.taskId(), look, frames);
    }
}
