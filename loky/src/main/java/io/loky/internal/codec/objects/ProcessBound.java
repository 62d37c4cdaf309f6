/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The types whose objects mean something in their own process only: a copy would look like the thing and be none. By their
 * names, since some of them belong to modules that a runtime need not have.
 */
final class ProcessBound {
    private static final Map<String, String> REASONS = new LinkedHashMap<>();

    static {
        say("threads stay where they are", "java.lang.Thread", "java.lang.ThreadGroup", "java.lang.Thread$Builder");
        say("it holds values of this process's threads", "java.lang.ThreadLocal");
        say("the classes that it has loaded stay where they are", "java.lang.ClassLoader");
        say("modules stay where they are", "java.lang.Module", "java.lang.ModuleLayer");
        say(
                "it is about a child of this process",
                "java.lang.Process",
                "java.lang.ProcessHandle",
                "java.lang.ProcessBuilder");
        say(
                "its threads or workers belong to this process; a task that needs one makes its own",
                "java.util.concurrent.ExecutorService",
                "java.util.Timer",
                "java.util.TimerTask");
        say(
                "nobody would complete a copy of it in another process",
                "java.util.concurrent.Future",
                "java.util.concurrent.CompletionStage");
        say(
                "it is open in this process only",
                "java.io.InputStream",
                "java.io.OutputStream",
                "java.io.Reader",
                "java.io.Writer",
                "java.io.RandomAccessFile",
                "java.io.FileDescriptor",
                "java.io.Console",
                "java.util.Scanner",
                "java.util.zip.ZipFile",
                "java.net.Socket",
                "java.net.ServerSocket",
                "java.net.DatagramSocket",
                "java.net.URLConnection",
                "java.net.http.HttpClient",
                "java.nio.channels.Channel",
                "java.nio.channels.Selector",
                "java.nio.channels.SelectionKey",
                "java.nio.channels.FileLock",
                "java.nio.file.FileSystem",
                "java.nio.file.WatchService",
                "java.nio.file.DirectoryStream",
                "java.sql.Connection",
                "java.sql.Statement",
                "java.sql.ResultSet");
        say(
                "it coordinates threads of this process; a copy would coordinate nobody",
                "java.util.concurrent.locks.Condition",
                "java.util.concurrent.CountDownLatch",
                "java.util.concurrent.CyclicBarrier",
                "java.util.concurrent.Phaser",
                "java.util.concurrent.Exchanger");
        say(
                "it is bound to the code of this JVM",
                "java.lang.invoke.MethodHandle",
                "java.lang.invoke.MethodHandles$Lookup",
                "java.lang.invoke.VarHandle",
                "java.lang.ClassValue");
        say("it belongs to this process's garbage collector", "java.lang.ref.Reference", "java.lang.ref.Cleaner");
        say("its memory lies outside of the heap, in this process only", "java.lang.foreign.MemorySegment");
    }

    private static final Map<String, String> JDK_ONLY = Map.of(
            "java.util.Iterator", "it stands in the middle of something; send what it iterates over",
            "java.util.Spliterator", "it stands in the middle of something; send what it iterates over",
            "java.util.stream.BaseStream", "a stream can be used once, here; send what it was made of");

    private ProcessBound() {}

    private static void say(String reason, String... types) {
        for (String type : types) {
            REASONS.put(type, reason);
        }
    }

    /** Why objects of this class cannot leave the process; null if nothing is known against it. */
    static @Nullable String reason(Class<?> type) {
        boolean ofTheJdk = JdkClasses.isJdk(type);
        for (Class<?> level = type; level != null; level = level.getSuperclass()) {
            String reason = reasonOfType(level, ofTheJdk);
            if (reason != null) {
                return reason;
            }
        }
        return null;
    }

    private static @Nullable String reasonOfType(Class<?> type, boolean ofTheJdk) {
        String reason = REASONS.get(type.getName());
        if (reason == null && ofTheJdk) {
            reason = JDK_ONLY.get(type.getName());
        }
        if (reason != null) {
            return reason;
        }
        for (Class<?> superType : type.getInterfaces()) {
            reason = reasonOfType(superType, ofTheJdk);
            if (reason != null) {
                return reason;
            }
        }
        return null;
    }
}
