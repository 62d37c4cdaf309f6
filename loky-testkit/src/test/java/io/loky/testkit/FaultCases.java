/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.CrashReport;
import io.loky.CrashReport.Cause;
import io.loky.ProcessPoolExecutor;
import io.loky.RemoteTaskException;
import io.loky.ResultSerializationException;
import io.loky.SerializableCallable;
import io.loky.SerializableRunnable;
import io.loky.TaskFuture;
import io.loky.TaskSerializationException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/** Each fault with what becomes of the worker and what the future shows: in words, as the guide has them, and checked. */
final class FaultCases {
    private static final List<FaultCase> ALL = List.of(
            // the JVM ends
            dying(
                    "segmentationFault",
                    Faults.segmentationFault(),
                    report -> {
                        assertThat(report.nativeFrame().orElseThrow()).contains("libjvm");
                        assertThat(String.join("\n", report.javaFrames())).contains("JvmEnds.segmentationFault");
                    },
                    Cause.NATIVE_CRASH),
            dying(
                    "abort",
                    Faults.abort(),
                    report -> {
                        assertThat(report.signal()).hasValue("SIGABRT");
                        assertThat(report.nativeFrame()).isEmpty();
                    },
                    Cause.NATIVE_CRASH),
            dying(
                    "exit",
                    Faults.exit(3),
                    report -> {
                        code(3).check(report);
                        assertThat(report.exitStack()).isNotEmpty();
                    },
                    Cause.EXIT),
            dying("exitInAnotherThread", Faults.exitInAnotherThread(4), code(4), Cause.EXIT),
            dying(
                    "exitWhenDecoded",
                    Faults.exitWhenDecoded(5),
                    report -> {
                        code(5).check(report);
                        assertThat(report.taskPhase()).hasValue(CrashReport.TaskPhase.DECODING);
                    },
                    Cause.EXIT),
            dying(
                    "exitWithHangingHook",
                    Faults.exitWithHangingHook(7),
                    report -> assertThat(report.exitCode()).isPresent().isNotEqualTo(OptionalInt.of(7)),
                    Cause.EXIT),
            dying("halt", Faults.halt(0), code(0), Cause.HALT),
            dying(
                    "haltWhenEncoded",
                    Faults.haltWhenEncoded(6),
                    report -> {
                        code(6).check(report);
                        assertThat(report.taskPhase()).hasValue(CrashReport.TaskPhase.RETURNING);
                    },
                    Cause.HALT),
            dying("kill", Faults.kill(), signal("SIGKILL"), Cause.KILLED_BY_SIGNAL),
            dying("signal", Faults.signal("sigterm"), signal("SIGTERM"), Cause.KILLED_BY_SIGNAL),
            new FaultCase(
                    "stop",
                    pool -> pool.submit(Faults.stop()),
                    FaultCase.Fate.KILLED_BY_POOL,
                    "fails: `WorkerTerminatedException`, `UNRESPONSIVE`",
                    future -> assertThat(Pools.death(future).report().cause()).isEqualTo(Cause.UNRESPONSIVE)),
            // memory and other limits of a JVM
            exhausting("heapExhaustion", Faults.heapExhaustion(), "Java heap space|GC overhead limit exceeded"),
            exhausting("arraySizeLimit", Faults.arraySizeLimit(), "Requested array size exceeds VM limit"),
            exhausting("gcOverheadLimit", Faults.gcOverheadLimit(), "Java heap space|GC overhead limit exceeded"),
            exhausting("metaspaceExhaustion", Faults.metaspaceExhaustion(), "Metaspace|Compressed class space"),
            exhausting("directMemoryExhaustion", Faults.directMemoryExhaustion(), "(?s).*direct buffer memory.*"),
            exhausting("nativeThreadExhaustion", Faults.nativeThreadExhaustion(), "unable to create native thread.*"),
            failing("stackOverflow", Faults.stackOverflow(), StackOverflowError.class, ""),
            // hangs
            hanging("spin", Faults.spin()),
            hanging("sleepIgnoringInterrupts", Faults.sleepIgnoringInterrupts()),
            hanging("deadlock", Faults.deadlock()),
            hanging("classInitializerDeadlock", Faults.classInitializerDeadlock()),
            hanging("blockInNativeCode", Faults.blockInNativeCode()),
            // output
            succeeding("floodDescriptors", Faults.floodDescriptors(3_000_050), 3_000_050L),
            succeeding("floodPrintStreams", Faults.floodPrintStreams(3_000_000), 3_000_000L),
            succeeding("closeStandardStreams", Faults.closeStandardStreams()),
            // leaks
            succeeding("threadLeak", Faults.threadLeak(20, false)),
            succeeding("memoryLeak", Faults.memoryLeak(3_000_000), 3_000_000L),
            succeeding("fileDescriptorLeak", Faults.fileDescriptorLeak(20), 20),
            new FaultCase(
                    "childProcess",
                    pool -> pool.submit(Faults.childProcess(Duration.ofMinutes(10))),
                    FaultCase.Fate.GOES_ON,
                    "succeeds",
                    future -> {
                        long pid = (long) future.resultNow();
                        ProcessHandle child = ProcessHandle.of(pid).orElseThrow();
                        assertThat(child.destroyForcibly()).isTrue();
                    }),
            // what cannot be sent
            notSent("unserializableTask", Faults.unserializableTask(), "java.lang.Thread"),
            notSent("unwritableTask", Faults.unwritableTask(), "as it was told to"),
            failing("unreadableTask", Faults.unreadableTask(), TaskSerializationException.class, "as it was told to"),
            notSent("bottomlessTask", Faults.bottomlessTask(), "StackOverflowError"),
            unsendable("unserializableResult", Faults.unserializableResult(), "java.lang.Thread"),
            unsendable("unwritableResult", Faults.unwritableResult(), "as it was told to"),
            unsendable("unreadableResult", Faults.unreadableResult(), "as it was told to"),
            unsendable("bottomlessResult", Faults.bottomlessResult(), "StackOverflowError"),
            unsendable("bottomlessToReadResult", Faults.bottomlessToReadResult(), "StackOverflowError"),
            // exceptions
            stoodInFor("unserializableException", Faults.unserializableException()),
            stoodInFor("unwritableException", Faults.unwritableException()),
            stoodInFor("unreadableException", Faults.unreadableException()),
            stoodInFor("hostileException", Faults.hostileException()),
            failing("cyclicException", Faults.cyclicException(), IllegalStateException.class, "one of two"),
            failing(
                    "hugeException",
                    Faults.hugeException(1_000_000),
                    IllegalStateException.class,
                    "x".repeat(1_000_000)),
            // dirt for the next task
            succeeding("leaveInterrupted", Faults.leaveInterrupted()),
            succeeding("changeDefaults", Faults.changeDefaults()),
            succeeding("changeContextClassLoader", Faults.changeContextClassLoader()));

    private FaultCases() {}

    static List<FaultCase> all() {
        return ALL;
    }

    private interface ReportCheck {
        void check(CrashReport report);
    }

    private static ReportCheck code(int code) {
        return report -> assertThat(report.exitCode()).hasValue(code);
    }

    private static ReportCheck signal(String name) {
        return report -> assertThat(report.signal()).hasValue(name);
    }

    private static FaultCase dying(String method, SerializableRunnable task, ReportCheck check, Cause... causes) {
        return dying(method, pool -> pool.submit(task), check, causes);
    }

    private static FaultCase dying(String method, SerializableCallable<?> task, ReportCheck check, Cause... causes) {
        return dying(method, pool -> pool.submit(task), check, causes);
    }

    private static FaultCase dying(
            String method, Function<ProcessPoolExecutor, TaskFuture<?>> submit, ReportCheck check, Cause... causes) {
        String names = String.join(
                " or ", Arrays.stream(causes).map(cause -> "`" + cause + "`").toList());
        return new FaultCase(
                method, submit, FaultCase.Fate.DIES, "fails: `WorkerTerminatedException`, " + names, future -> {
                    CrashReport report = Pools.death(future).report();
                    assertThat(report.cause()).isIn((Object[]) causes);
                    assertThat(report.taskId()).hasValue(future.taskId());
                    assertThat(report.pid()).isEqualTo(future.workerPid().orElseThrow());
                    check.check(report);
                });
    }

    private static FaultCase hanging(String method, SerializableRunnable task) {
        return new FaultCase(
                method,
                pool -> pool.submit(task),
                FaultCase.Fate.KILLED,
                "hangs until `cancel(true)`",
                future -> assertThat(future.isCancelled()).isTrue());
    }

    private static FaultCase exhausting(String method, SerializableRunnable task, String message) {
        return new FaultCase(
                method,
                pool -> pool.submit(task),
                FaultCase.Fate.GOES_ON_OR_IS_REPLACED,
                "fails: `OutOfMemoryError`",
                future -> assertThat(Pools.failure(future))
                        .isExactlyInstanceOf(OutOfMemoryError.class)
                        .message()
                        .matches(message));
    }

    private static FaultCase failing(
            String method, SerializableRunnable task, Class<? extends Throwable> type, String message) {
        return failing(method, pool -> pool.submit(task), FaultCase.Fate.GOES_ON, type, message);
    }

    private static FaultCase notSent(String method, SerializableRunnable task, String message) {
        return failing(
                method,
                pool -> {
                    TaskFuture<?> future = pool.submit(task);
                    assertThat(future.isDone()).as("done when submit returns").isTrue();
                    return future;
                },
                FaultCase.Fate.NOT_CONCERNED,
                TaskSerializationException.class,
                message);
    }

    private static FaultCase unsendable(String method, SerializableCallable<?> task, String message) {
        return failing(
                method, pool -> pool.submit(task), FaultCase.Fate.GOES_ON, ResultSerializationException.class, message);
    }

    private static FaultCase stoodInFor(String method, SerializableRunnable task) {
        return failing(method, task, RemoteTaskException.class, "Throwables$");
    }

    private static FaultCase failing(
            String method,
            Function<ProcessPoolExecutor, TaskFuture<?>> submit,
            FaultCase.Fate fate,
            Class<? extends Throwable> type,
            String message) {
        return new FaultCase(method, submit, fate, "fails: `" + type.getSimpleName() + "`", future -> {
            Throwable failure = Pools.failure(future);
            assertThat(failure).isExactlyInstanceOf(type);
            if (!message.isEmpty()) {
                assertThat(failure).hasMessageContaining(message);
            }
        });
    }

    private static FaultCase succeeding(String method, SerializableRunnable task) {
        return succeeding(method, pool -> pool.submit(task), null);
    }

    private static FaultCase succeeding(String method, SerializableCallable<?> task, Object result) {
        return succeeding(method, pool -> pool.submit(task), result);
    }

    private static FaultCase succeeding(
            String method, Function<ProcessPoolExecutor, TaskFuture<?>> submit, Object result) {
        return new FaultCase(method, submit, FaultCase.Fate.GOES_ON, "succeeds", future -> {
            assertThat(future.status()).isEqualTo(TaskFuture.Status.SUCCEEDED);
            assertThat((Object) future.resultNow()).isEqualTo(result);
        });
    }
}
