/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.SerializableCallable;
import io.loky.SerializableRunnable;
import java.time.Duration;

/**
 * Tasks that harm the worker in which they run, for tests of programs that use a pool. Each method makes one; submit it
 * like any other task:
 *
 * <pre>{@code
 * TaskFuture<?> future = pool.submit(Faults.halt(3));
 * }</pre>
 *
 * <p>The description of each fault says what becomes of the worker and what the future shows. In every case only this
 * one future is concerned, and the pool goes on; {@link PoolAssert#assertSurvived} checks that. "The worker goes on"
 * means that the same process serves further tasks; a pool may replace a worker that ran out of memory all the same.
 *
 * <p>A fault does its harm only in another JVM than the one that made it. If it is run in that one, by mistake or because
 * a pool runs a task in the parent, it throws {@link IllegalStateException} and does nothing else. Where a description
 * says "POSIX", the method needs {@code /bin/sh}.
 *
 * <p>A fault that does its harm while it is decoded or encoded ({@link #exitWhenDecoded}, {@link #unserializableTask},
 * {@link #unwritableTask}, {@link #unreadableTask}, {@link #bottomlessTask}) does so wherever it is in what is sent: it
 * serves as well as an argument of {@code submitWith}, or as a variable that a lambda captures.
 *
 * <p>The class has no state, its methods may be called from any thread, and the tasks are immutable and may be submitted
 * any number of times.
 */
public final class Faults {
    private static final int LARGEST_EXIT_CODE = 255;
    private static final long LARGEST_AMOUNT = 1L << 40;
    private static final int MOST_THREADS = 10_000;
    private static final int MOST_FILES = 1_000_000;
    private static final int LONGEST_MESSAGE = 1 << 28;
    private static final Duration LONGEST_LIFE = Duration.ofHours(1);

    private Faults() {}

    // ---- the JVM ends -----------------------------------------------------------------------------------------------

    /**
     * Writes to address 0 in native code of the JVM.
     *
     * <p>The worker dies, and its JVM writes an error report. The future fails with
     * {@link io.loky.WorkerTerminatedException}, {@link io.loky.CrashReport.Cause#NATIVE_CRASH}, with the native frame
     * and the Java frames.
     *
     * @return the task
     */
    public static SerializableRunnable segmentationFault() {
        return FaultRunnable.of("segmentationFault()", JvmEnds::segmentationFault);
    }

    /**
     * Ends the JVM as the C function {@code abort} does, by {@code SIGABRT}: without an error report. POSIX.
     *
     * <p>The worker dies. The future fails with {@link io.loky.WorkerTerminatedException},
     * {@link io.loky.CrashReport.Cause#NATIVE_CRASH}, signal {@code SIGABRT}, without frames.
     *
     * @return the task
     * @throws UnsupportedOperationException where there is no POSIX shell
     */
    public static SerializableRunnable abort() {
        return signalling("abort()", "ABRT");
    }

    /**
     * Calls {@link System#exit}.
     *
     * <p>The worker dies after its shutdown hooks. The future fails with {@link io.loky.WorkerTerminatedException},
     * {@link io.loky.CrashReport.Cause#EXIT}, with the exit code and the stack that exited.
     *
     * @param code from 0 to 255, which is what a process can hand to its parent; 0 is a crash, too
     * @return the task
     * @throws IllegalArgumentException if the code is outside that range
     */
    public static SerializableRunnable exit(int code) {
        checkCode(code);
        return FaultRunnable.of("exit(" + code + ")", () -> System.exit(code));
    }

    /**
     * Lets another thread call {@link System#exit}, while the thread of the task waits forever.
     *
     * <p>The worker dies after its shutdown hooks. The future fails with {@link io.loky.WorkerTerminatedException},
     * {@link io.loky.CrashReport.Cause#EXIT}, with the exit code and the stack that exited.
     *
     * @param code from 0 to 255
     * @return the task
     * @throws IllegalArgumentException if the code is outside that range
     */
    public static SerializableRunnable exitInAnotherThread(int code) {
        checkCode(code);
        return FaultRunnable.of("exitInAnotherThread(" + code + ")", () -> JvmEnds.exitInAnotherThread(code));
    }

    /**
     * Calls {@link System#exit} while the worker rebuilds the task from its bytes.
     *
     * <p>The worker dies after its shutdown hooks. The future fails with {@link io.loky.WorkerTerminatedException},
     * {@link io.loky.CrashReport.Cause#EXIT}, with the exit code and the phase
     * {@link io.loky.CrashReport.TaskPhase#DECODING}.
     *
     * @param code from 0 to 255
     * @return the task
     * @throws IllegalArgumentException if the code is outside that range
     */
    public static SerializableRunnable exitWhenDecoded(int code) {
        checkCode(code);
        return new JvmEnds.ExitsWhenDecoded(code);
    }

    /**
     * Adds a shutdown hook that never ends, and then calls {@link System#exit}: the JVM hangs on its way out.
     *
     * <p>The worker dies, by its own decision: it gives the hooks 10 s. The future then fails with
     * {@link io.loky.WorkerTerminatedException}, {@link io.loky.CrashReport.Cause#EXIT}, and not with this exit code but
     * with one that stands for this case.
     *
     * @param code from 0 to 255
     * @return the task
     * @throws IllegalArgumentException if the code is outside that range
     */
    public static SerializableRunnable exitWithHangingHook(int code) {
        checkCode(code);
        return FaultRunnable.of("exitWithHangingHook(" + code + ")", () -> JvmEnds.exitWithHangingHook(code));
    }

    /**
     * Calls {@link Runtime#halt}.
     *
     * <p>The worker dies at once. The future fails with {@link io.loky.WorkerTerminatedException},
     * {@link io.loky.CrashReport.Cause#HALT}, with the exit code.
     *
     * @param code from 0 to 255, which is what a process can hand to its parent; 0 is a crash, too
     * @return the task
     * @throws IllegalArgumentException if the code is outside that range
     */
    public static SerializableRunnable halt(int code) {
        checkCode(code);
        return FaultRunnable.of("halt(" + code + ")", () -> Runtime.getRuntime().halt(code));
    }

    /**
     * Returns a result that calls {@link Runtime#halt} while the worker turns it into bytes.
     *
     * <p>The worker dies at once. The future fails with {@link io.loky.WorkerTerminatedException},
     * {@link io.loky.CrashReport.Cause#HALT}, with the exit code and the phase {@link io.loky.CrashReport.TaskPhase#RETURNING}.
     *
     * @param code from 0 to 255
     * @return the task
     * @throws IllegalArgumentException if the code is outside that range
     */
    public static SerializableCallable<Object> haltWhenEncoded(int code) {
        checkCode(code);
        return FaultCallable.of("haltWhenEncoded(" + code + ")", () -> new JvmEnds.HaltsWhenEncoded(code));
    }

    /**
     * Sends {@code SIGKILL} to its own process. POSIX.
     *
     * <p>The worker dies at once. The future fails with {@link io.loky.WorkerTerminatedException},
     * {@link io.loky.CrashReport.Cause#KILLED_BY_SIGNAL}, signal {@code SIGKILL}.
     *
     * @return the task
     * @throws UnsupportedOperationException where there is no POSIX shell
     */
    public static SerializableRunnable kill() {
        return signalling("kill()", "KILL");
    }

    /**
     * Sends a signal to its own process. After one that ends a JVM, such as {@code TERM} or {@code HUP}, the task waits
     * for that end; after any other it returns. POSIX.
     *
     * <p>If the signal ends a JVM, the worker dies; the future fails with {@link io.loky.WorkerTerminatedException},
     * {@link io.loky.CrashReport.Cause#KILLED_BY_SIGNAL}, or {@link io.loky.CrashReport.Cause#NATIVE_CRASH} for those
     * that stand for a crash, with the name of the signal. For {@code STOP} see {@link #stop()}. Otherwise the worker
     * goes on, and the future succeeds.
     *
     * @param name the name as in {@code kill -l}, with or without {@code SIG}, in any case
     * @return the task; it fails with an {@link java.io.IOException} if the system knows no such signal
     * @throws IllegalArgumentException if this cannot be the name of a signal
     * @throws UnsupportedOperationException where there is no POSIX shell
     */
    public static SerializableRunnable signal(String name) {
        String bareName = Signals.checkedName(name);
        return signalling("signal(\"" + bareName + "\")", bareName);
    }

    /**
     * Stops its own process with {@code SIGSTOP}: it is alive, and does nothing any more. POSIX.
     *
     * <p>The worker misses its heartbeats, and the pool kills it for that, after six to seven times the
     * {@link io.loky.ProcessPoolOptions.Builder#heartbeat}. The future then fails with
     * {@link io.loky.WorkerTerminatedException}, {@link io.loky.CrashReport.Cause#UNRESPONSIVE}. If somebody continues
     * the worker before, it goes on, and the future succeeds.
     *
     * @return the task
     * @throws UnsupportedOperationException where there is no POSIX shell
     */
    public static SerializableRunnable stop() {
        return signalling("stop()", "STOP");
    }

    private static SerializableRunnable signalling(String fault, String bareName) {
        Signals.requireShell("Faults." + fault);
        return FaultRunnable.of(fault, () -> JvmEnds.signal(bareName));
    }

    private static void checkCode(int code) {
        Checks.inRange("code", code, 0, LARGEST_EXIT_CODE);
    }

    // ---- memory and other limits of a JVM ---------------------------------------------------------------------------

    /**
     * Fills the Java heap. It really does: give the workers a small one with
     * {@link io.loky.ProcessPoolOptions.Builder#maxHeap}.
     *
     * <p>The worker goes on. The future fails with {@link OutOfMemoryError}, usually "Java heap space".
     *
     * @return the task
     */
    public static SerializableRunnable heapExhaustion() {
        return FaultRunnable.of("heapExhaustion()", Exhaustion::heap);
    }

    /**
     * Asks for an array with more elements than a JVM allows, which takes no memory.
     *
     * <p>The worker goes on. The future fails with {@link OutOfMemoryError}, "Requested array size exceeds VM limit".
     *
     * @return the task
     */
    public static SerializableRunnable arraySizeLimit() {
        return FaultRunnable.of("arraySizeLimit()", Exhaustion::arraySize);
    }

    /**
     * Fills the Java heap with many small objects, so that the JVM does nothing but collect garbage before it gives up.
     * It takes long: give the workers a very small heap with {@link io.loky.ProcessPoolOptions.Builder#maxHeap}.
     *
     * <p>The worker goes on. The future fails with {@link OutOfMemoryError}: "GC overhead limit exceeded" if the
     * collector is the parallel one and finds in time that it gets nowhere, otherwise "Java heap space".
     *
     * @return the task
     */
    public static SerializableRunnable gcOverheadLimit() {
        return FaultRunnable.of("gcOverheadLimit()", Exhaustion::gcOverhead);
    }

    /**
     * Defines classes until there is no room for their metadata. The workers need a limit, such as
     * {@code ProcessPoolOptions.jvmArgs(List.of("-XX:MaxMetaspaceSize=64m"))}; without one the task fails with
     * {@link IllegalStateException} and does nothing, since it would fill the machine.
     *
     * <p>The worker goes on. The future fails with {@link OutOfMemoryError}, "Metaspace" or "Compressed class space".
     *
     * @return the task
     */
    public static SerializableRunnable metaspaceExhaustion() {
        return FaultRunnable.of("metaspaceExhaustion()", Exhaustion::metaspace);
    }

    /**
     * Allocates direct buffers until there is no room for them: up to {@code -XX:MaxDirectMemorySize}, or to the size of
     * the largest heap where that is not set. Give the workers a small one of either.
     *
     * <p>The worker goes on. The future fails with {@link OutOfMemoryError}, which speaks of direct buffer memory.
     *
     * @return the task
     */
    public static SerializableRunnable directMemoryExhaustion() {
        return FaultRunnable.of("directMemoryExhaustion()", Exhaustion::directMemory);
    }

    /**
     * Lets the JVM fail to start a thread. It asks for a single one, with a stack for which no system has room, so the
     * machine loses nothing: the error is the one that a JVM gives when the system has no threads left.
     *
     * <p>The worker goes on. The future fails with {@link OutOfMemoryError}, "unable to create native thread". On a
     * system where the JVM does not heed the size of a stack, it fails with {@link IllegalStateException}.
     *
     * @return the task
     */
    public static SerializableRunnable nativeThreadExhaustion() {
        return FaultRunnable.of("nativeThreadExhaustion()", Exhaustion::nativeThread);
    }

    /**
     * Recurses without end.
     *
     * <p>The worker goes on. The future fails with {@link StackOverflowError}.
     *
     * @return the task
     */
    public static SerializableRunnable stackOverflow() {
        return FaultRunnable.of("stackOverflow()", () -> {
            int unused = Exhaustion.stack();
        });
    }

    // ---- hangs ------------------------------------------------------------------------------------------------------

    /**
     * Spins forever and ignores interrupts.
     *
     * <p>The future is not done until {@code cancel(true)}, which leaves it cancelled at once; the worker is killed after its grace.
     *
     * @return the task
     */
    public static SerializableRunnable spin() {
        return FaultRunnable.of("spin()", Hangs::spin);
    }

    /**
     * Sleeps forever and ignores interrupts.
     *
     * <p>The future is not done until {@code cancel(true)}, which leaves it cancelled at once; the worker is killed after its grace.
     *
     * @return the task
     */
    public static SerializableRunnable sleepIgnoringInterrupts() {
        return FaultRunnable.of("sleepIgnoringInterrupts()", Hangs::sleep);
    }

    /**
     * Blocks forever on a monitor, in a deadlock with another thread.
     *
     * <p>The future is not done until {@code cancel(true)}, which leaves it cancelled at once; the worker is killed after its grace.
     *
     * @return the task
     */
    public static SerializableRunnable deadlock() {
        return FaultRunnable.of("deadlock()", Hangs::deadlock);
    }

    /**
     * Blocks forever in the initializer of a class, in a deadlock with another thread that initializes another class.
     *
     * <p>The future is not done until {@code cancel(true)}, which leaves it cancelled at once; the worker is killed after its grace.
     *
     * @return the task
     */
    public static SerializableRunnable classInitializerDeadlock() {
        return FaultRunnable.of("classInitializerDeadlock()", Hangs::classInitializer);
    }

    /**
     * Blocks forever in native code, where an interrupt does not reach it: in {@link java.net.ServerSocket#accept}, on
     * a port of the loopback interface that nobody connects to.
     *
     * <p>The future is not done until {@code cancel(true)}, which leaves it cancelled at once; the worker is killed after its grace.
     *
     * @return the task
     */
    public static SerializableRunnable blockInNativeCode() {
        return FaultRunnable.of("blockInNativeCode()", Hangs::nativeCall);
    }

    // ---- output -----------------------------------------------------------------------------------------------------

    /**
     * Writes to the file descriptors 1 and 2 by turns, past {@link System#out} and {@link System#err}, as native code
     * does it: lines of 100 bytes.
     *
     * <p>The worker goes on. The future succeeds with the number of bytes.
     *
     * @param bytes how many in all, from 0 to 2<sup>40</sup>
     * @return the task
     * @throws IllegalArgumentException if the number is outside that range
     */
    public static SerializableCallable<Long> floodDescriptors(long bytes) {
        Checks.inRange("bytes", bytes, 0, LARGEST_AMOUNT);
        return FaultCallable.of("floodDescriptors(" + bytes + ")", () -> Floods.descriptors(bytes));
    }

    /**
     * Prints on {@link System#out} and {@link System#err} by turns: lines of 100 bytes.
     *
     * <p>The worker goes on. The future succeeds with the number of bytes.
     *
     * @param bytes how many in all, from 0 to 2<sup>40</sup>
     * @return the task
     * @throws IllegalArgumentException if the number is outside that range
     */
    public static SerializableCallable<Long> floodPrintStreams(long bytes) {
        Checks.inRange("bytes", bytes, 0, LARGEST_AMOUNT);
        return FaultCallable.of("floodPrintStreams(" + bytes + ")", () -> Floods.printStreams(bytes));
    }

    /**
     * Closes {@link System#in}, {@link System#out} and {@link System#err}.
     *
     * <p>The worker goes on; what is printed in it from then on is lost. The future succeeds.
     *
     * @return the task
     */
    public static SerializableRunnable closeStandardStreams() {
        return FaultRunnable.of("closeStandardStreams()", Floods::closeAll);
    }

    // ---- leaks ------------------------------------------------------------------------------------------------------

    /**
     * Starts threads that never end and ignore interrupts.
     *
     * <p>The worker goes on, and ends when it is told to, with these threads. The future succeeds.
     *
     * @param threads how many, from 1 to 10000
     * @param daemon whether they are daemon threads
     * @return the task
     * @throws IllegalArgumentException if the number is outside that range
     */
    public static SerializableRunnable threadLeak(int threads, boolean daemon) {
        Checks.inRange("threads", threads, 1, MOST_THREADS);
        return FaultRunnable.of("threadLeak(" + threads + ", " + daemon + ")", () -> Leaks.threads(threads, daemon));
    }

    /**
     * Keeps memory of the Java heap in a static field.
     *
     * <p>The worker goes on. The future succeeds with the number of bytes that this worker has kept in all; when the
     * heap is full, it fails with {@link OutOfMemoryError}.
     *
     * @param bytes how many each time, from 1 to 2<sup>40</sup>
     * @return the task
     * @throws IllegalArgumentException if the number is outside that range
     */
    public static SerializableCallable<Long> memoryLeak(long bytes) {
        Checks.inRange("bytes", bytes, 1, LARGEST_AMOUNT);
        return FaultCallable.of("memoryLeak(" + bytes + ")", () -> Leaks.memory(bytes));
    }

    /**
     * Opens files and does not close them.
     *
     * <p>The worker goes on. The future succeeds with the number of files that this worker has left open in all; when
     * the system gives it no more, it fails with an {@link java.io.IOException}.
     *
     * @param files how many each time, from 1 to 1000000
     * @return the task
     * @throws IllegalArgumentException if the number is outside that range
     */
    public static SerializableCallable<Integer> fileDescriptorLeak(int files) {
        Checks.inRange("files", files, 1, MOST_FILES);
        return FaultCallable.of("fileDescriptorLeak(" + files + ")", () -> Leaks.fileDescriptors(files));
    }

    /**
     * Starts a process, which sleeps, and leaves it behind. POSIX.
     *
     * <p>The worker goes on; when it ends, however it ends, so does the child. The future succeeds with the process id
     * of the child.
     *
     * @param lifetime after how long the child ends by itself if nobody ends it before: from 1 s to 1 h, parts of a
     *     second do not count
     * @return the task
     * @throws IllegalArgumentException if the duration is outside that range
     * @throws UnsupportedOperationException where there is no POSIX shell
     */
    public static SerializableCallable<Long> childProcess(Duration lifetime) {
        Checks.inRange("lifetime", lifetime, Duration.ofSeconds(1), LONGEST_LIFE);
        String fault = "childProcess(" + lifetime + ")";
        Signals.requireShell("Faults." + fault);
        return FaultCallable.of(fault, () -> Leaks.childProcess(lifetime));
    }

    // ---- what cannot be sent ----------------------------------------------------------------------------------------

    /**
     * Refers to a {@link Thread}, which cannot leave its process.
     *
     * <p>The task is not sent, and the worker goes on. The future is failed when {@code submit} returns, with
     * {@link io.loky.TaskSerializationException}, which names the class.
     *
     * @return the task
     */
    public static SerializableRunnable unserializableTask() {
        return new Untransferable.Unserializable();
    }

    /**
     * Throws while it is turned into bytes.
     *
     * <p>The task is not sent, and the worker goes on. The future is failed when {@code submit} returns, with
     * {@link io.loky.TaskSerializationException}.
     *
     * @return the task
     */
    public static SerializableRunnable unwritableTask() {
        return new Untransferable.Unwritable();
    }

    /**
     * Throws while the worker rebuilds it from its bytes.
     *
     * <p>The worker goes on. The future fails with {@link io.loky.TaskSerializationException}.
     *
     * @return the task
     */
    public static SerializableRunnable unreadableTask() {
        return new Untransferable.Unreadable();
    }

    /**
     * Recurses without end while it is turned into bytes.
     *
     * <p>The task is not sent, and the worker goes on. The future is failed when {@code submit} returns, with
     * {@link io.loky.TaskSerializationException} and a {@link StackOverflowError} behind it.
     *
     * @return the task
     */
    public static SerializableRunnable bottomlessTask() {
        return new Untransferable.BottomlessToWrite();
    }

    /**
     * Returns an object that refers to a {@link Thread}, which cannot leave its process.
     *
     * <p>The worker goes on. The future fails with {@link io.loky.ResultSerializationException}, which names the class.
     *
     * @return the task
     */
    public static SerializableCallable<Object> unserializableResult() {
        return FaultCallable.of("unserializableResult()", Untransferable.Unserializable::new);
    }

    /**
     * Returns an object that throws while the worker turns it into bytes.
     *
     * <p>The worker goes on. The future fails with {@link io.loky.ResultSerializationException}.
     *
     * @return the task
     */
    public static SerializableCallable<Object> unwritableResult() {
        return FaultCallable.of("unwritableResult()", Untransferable.Unwritable::new);
    }

    /**
     * Returns an object that throws while the parent rebuilds it from its bytes.
     *
     * <p>The worker goes on. The future fails with {@link io.loky.ResultSerializationException}.
     *
     * @return the task
     */
    public static SerializableCallable<Object> unreadableResult() {
        return FaultCallable.of("unreadableResult()", Untransferable.Unreadable::new);
    }

    /**
     * Returns an object that recurses without end while the worker turns it into bytes.
     *
     * <p>The worker goes on. The future fails with {@link io.loky.ResultSerializationException} and a
     * {@link StackOverflowError} behind it.
     *
     * @return the task
     */
    public static SerializableCallable<Object> bottomlessResult() {
        return FaultCallable.of("bottomlessResult()", Untransferable.BottomlessToWrite::new);
    }

    /**
     * Returns an object that recurses without end while the parent rebuilds it from its bytes.
     *
     * <p>The worker goes on. The future fails with {@link io.loky.ResultSerializationException} and a
     * {@link StackOverflowError} behind it.
     *
     * @return the task
     */
    public static SerializableCallable<Object> bottomlessToReadResult() {
        return FaultCallable.of("bottomlessToReadResult()", Untransferable.BottomlessToRead::new);
    }

    // ---- exceptions -------------------------------------------------------------------------------------------------

    /**
     * Throws an exception that refers to a {@link Thread}, which cannot leave its process.
     *
     * <p>The worker goes on. The future fails with {@link io.loky.RemoteTaskException}.
     *
     * @return the task
     */
    public static SerializableRunnable unserializableException() {
        return FaultRunnable.of("unserializableException()", () -> {
            throw new Throwables.UnserializableException();
        });
    }

    /**
     * Throws an exception that itself throws while the worker turns it into bytes.
     *
     * <p>The worker goes on. The future fails with {@link io.loky.RemoteTaskException}.
     *
     * @return the task
     */
    public static SerializableRunnable unwritableException() {
        return FaultRunnable.of("unwritableException()", () -> {
            throw new Throwables.UnwritableException();
        });
    }

    /**
     * Throws an exception that itself throws while the parent rebuilds it from its bytes.
     *
     * <p>The worker goes on. The future fails with {@link io.loky.RemoteTaskException}.
     *
     * @return the task
     */
    public static SerializableRunnable unreadableException() {
        return FaultRunnable.of("unreadableException()", () -> {
            throw new Throwables.UnreadableException();
        });
    }

    /**
     * Throws an exception whose {@code getMessage}, {@code getCause}, {@code getStackTrace} and {@code toString} throw.
     *
     * <p>The worker goes on. The future fails with {@link io.loky.RemoteTaskException}.
     *
     * @return the task
     */
    public static SerializableRunnable hostileException() {
        return FaultRunnable.of("hostileException()", () -> {
            throw new Throwables.HostileException();
        });
    }

    /**
     * Throws one of two exceptions that are each other's cause.
     *
     * <p>The worker goes on. The future fails with {@link IllegalStateException}; to follow its causes does not end.
     *
     * @return the task
     */
    public static SerializableRunnable cyclicException() {
        return FaultRunnable.of("cyclicException()", () -> {
            throw Throwables.cyclic();
        });
    }

    /**
     * Throws an exception with a long message.
     *
     * <p>The worker goes on. The future fails with {@link IllegalStateException} and the whole message.
     *
     * @param chars the length of the message, from 0 to 2<sup>28</sup>; the heaps of worker and parent must have room
     * @return the task
     * @throws IllegalArgumentException if the number is outside that range
     */
    public static SerializableRunnable hugeException(int chars) {
        Checks.inRange("chars", chars, 0, LONGEST_MESSAGE);
        return FaultRunnable.of("hugeException(" + chars + ")", () -> {
            throw Throwables.huge(chars);
        });
    }

    // ---- dirt for the next task -------------------------------------------------------------------------------------

    /**
     * Returns with the interrupt flag of its thread set.
     *
     * <p>The worker goes on, and the next task does not find the flag set. The future succeeds.
     *
     * @return the task
     */
    public static SerializableRunnable leaveInterrupted() {
        return FaultRunnable.of(
                "leaveInterrupted()", () -> Thread.currentThread().interrupt());
    }

    /**
     * Changes the default time zone (to Pacific/Chatham), the default locale (to tr-TR) and the system property
     * {@code io.loky.testkit.dirty} (to {@code true}).
     *
     * <p>The worker goes on, and further tasks in it find all that changed. The future succeeds.
     *
     * @return the task
     */
    public static SerializableRunnable changeDefaults() {
        return FaultRunnable.of("changeDefaults()", Dirt::changeDefaults);
    }

    /**
     * Changes the context class loader of its thread, to one that knows the JDK only.
     *
     * <p>The worker goes on, and the next task has the usual one. The future succeeds.
     *
     * @return the task
     */
    public static SerializableRunnable changeContextClassLoader() {
        return FaultRunnable.of("changeContextClassLoader()", Dirt::changeContextClassLoader);
    }
}
