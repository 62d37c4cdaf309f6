/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.loky.ProcessPoolException.Category;
import java.io.NotSerializableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProcessPoolExceptionTest {

    private static final StackTraceElement FRAME = new StackTraceElement("com.acme.Job", "call", "Job.java", 42);

    static Stream<Arguments> exceptions() {
        Throwable cause = new NotSerializableException("java.net.Socket");
        return Stream.of(
                Arguments.of(new WorkerTerminatedException(CrashReportTest.full()), Category.WORKER),
                Arguments.of(new WorkerTerminatedException(CrashReportTest.full(), 2, 3), Category.WORKER),
                Arguments.of(new TaskQuarantinedException("m", "n", 3, CrashReportTest.full()), Category.TASK),
                Arguments.of(new TooManyCrashesException("m", CrashReportTest.full()), Category.POOL),
                Arguments.of(new WorkerStartException("m", cause, List.of("x"), OptionalInt.of(1)), Category.POOL),
                Arguments.of(new TaskSerializationException("m", cause), Category.TASK),
                Arguments.of(new ResultSerializationException("m", null), Category.TASK),
                Arguments.of(timeout(List.of(List.of(FRAME))), Category.TASK),
                Arguments.of(new TaskTimeoutException("task #3 'x'", Duration.ofSeconds(2)), Category.POOL),
                Arguments.of(new ExecutorShutdownException("m"), Category.POOL),
                Arguments.of(new NestingLimitException(11, 10), Category.POOL),
                Arguments.of(remote("boom"), Category.TASK));
    }

    @ParameterizedTest
    @MethodSource("exceptions")
    void exception_ofEachClass_hasItsCategory(ProcessPoolException exception, Category category) {
        assertThat(exception.category()).isEqualTo(category);
    }

    @ParameterizedTest
    @MethodSource("exceptions")
    void exception_serialized_isTheSameAfterwards(ProcessPoolException exception, Category category) throws Exception {
        exception.addSuppressed(new IllegalStateException("suppressed"));

        ProcessPoolException copy = Copies.copyOf(exception);

        assertThat(copy).hasSameClassAs(exception).hasMessage(exception.getMessage());
        assertThat(copy.category()).isEqualTo(category);
        assertThat(copy.getStackTrace()).isEqualTo(exception.getStackTrace());
        assertThat(copy.getSuppressed()).hasSize(1);
        if (exception.getCause() == null) {
            assertThat(copy.getCause()).isNull();
        } else {
            assertThat(copy.getCause())
                    .hasSameClassAs(exception.getCause())
                    .hasMessage(exception.getCause().getMessage());
        }
    }

    @Test
    void workerTerminated_serialized_hasAnEqualReport() throws Exception {
        WorkerTerminatedException exception = new WorkerTerminatedException(CrashReportTest.full());

        assertThat(exception).hasMessage(CrashReportTest.full().describe());
        assertThat(Copies.copyOf(exception).report()).isEqualTo(exception.report());
    }

    @Test
    void workerTerminated_ofSeveralAttempts_saysWhich() throws Exception {
        WorkerTerminatedException exception = new WorkerTerminatedException(CrashReportTest.full(), 2, 3);

        assertThat(exception)
                .hasMessage("attempt 2 of 3: " + CrashReportTest.full().describe());
        assertThat(Copies.copyOf(exception).attempt()).isEqualTo(2);
        assertThat(new WorkerTerminatedException(CrashReportTest.full()).attempt())
                .isEqualTo(1);
    }

    @Test
    void quarantined_serialized_hasTheSameEvidence() throws Exception {
        TaskQuarantinedException copy =
                Copies.copyOf(new TaskQuarantinedException("m", "n", 3, CrashReportTest.full()));

        assertThat(copy.name()).isEqualTo("n");
        assertThat(copy.crashes()).isEqualTo(3);
        assertThat(copy.report()).isEqualTo(CrashReportTest.full());
    }

    @Test
    void tooManyCrashes_serialized_hasTheSameEvidence() throws Exception {
        assertThat(Copies.copyOf(new TooManyCrashesException("m", CrashReportTest.full()))
                        .report())
                .isEqualTo(CrashReportTest.full());
    }

    @Test
    void workerStart_serialized_hasTheSameEvidence() throws Exception {
        List<String> output = new ArrayList<>(List.of("Error: bad flag", "exiting"));
        WorkerStartException exception = new WorkerStartException("m", null, output, OptionalInt.of(1));
        output.clear();

        WorkerStartException copy = Copies.copyOf(exception);

        assertThat(copy.output()).containsExactly("Error: bad flag", "exiting").isUnmodifiable();
        assertThat(copy.exitCode()).hasValue(1);
    }

    @Test
    void workerStartException_withAReport_hasItsOutputAndCode() {
        CrashReport report = CrashReportTest.full();

        WorkerStartException exception = new WorkerStartException("m", null, report);

        assertThat(exception.report()).contains(report);
        assertThat(exception.output()).isEqualTo(report.output());
        assertThat(exception.exitCode()).isEqualTo(report.exitCode());
        assertThat(new WorkerStartException("m", null, List.of()).report()).isEmpty();
    }

    @Test
    void workerStart_withoutExitCode_saysSo() throws Exception {
        WorkerStartException exception = new WorkerStartException("m", null, List.of());

        assertThat(Copies.copyOf(exception).exitCode()).isEmpty();
        assertThat(Copies.copyOf(exception).output()).isEmpty();
    }

    @Test
    void taskTimeout_serialized_hasTheSameStacks() throws Exception {
        TaskTimeoutException copy = Copies.copyOf(timeout(List.of(List.of(FRAME), List.of())));

        assertThat(copy.limit()).isEqualTo(Duration.ofSeconds(2));
        assertThat(copy.ran()).isEqualTo(Duration.ofMillis(2_100));
        assertThat(copy.stacks()).containsExactly(List.of(FRAME), List.of()).isUnmodifiable();
    }

    @Test
    void taskTimeout_ofATaskThatExecuted_tellsWhatItWasAndWhere() {
        assertThat(timeout(List.of(List.of(FRAME), List.of(FRAME))))
                .hasMessage("task #3 'x' has reached its limit of 2.0 s: it executed for 2.1 s, and was ended with its"
                        + " worker; 2 looks found it stuck in\n"
                        + "    at com.acme.Job.call(Job.java:42)\n"
                        + "shorten the task or raise the limit");
        assertThat(timeout(List.of()))
                .hasMessageEndingWith("and was ended with its worker; shorten the task or raise the limit");
    }

    @Test
    void taskTimeout_ofATaskThatWaited_saysSo() {
        TaskTimeoutException waited = new TaskTimeoutException("task #3 'x'", Duration.ofMillis(250));

        assertThat(waited)
                .hasMessage("task #3 'x' has waited for a worker for longer than its queue limit of 250 ms, and was not"
                        + " executed; give the pool more workers (maxWorkers), let fewer tasks wait (queueCapacity), or"
                        + " raise the limit (queueTimeout)");
        assertThat(waited.limit()).isEqualTo(Duration.ofMillis(250));
        assertThat(waited.ran()).isZero();
        assertThat(waited.stacks()).isEmpty();
    }

    private static TaskTimeoutException timeout(List<List<StackTraceElement>> stacks) {
        return new TaskTimeoutException(
                "task #3 'x'", Duration.ofSeconds(2), Duration.ofMillis(2_100), stacks, "was ended with its worker");
    }

    @Test
    void nestingLimit_serialized_hasBothNumbers() throws Exception {
        NestingLimitException copy = Copies.copyOf(new NestingLimitException(11, 10));

        assertThat(copy.depth()).isEqualTo(11);
        assertThat(copy.limit()).isEqualTo(10);
        assertThat(copy).hasMessageContaining("nesting depth 11 > limit 10");
    }

    @Test
    void remoteTask_serialized_tellsOfTheOriginal() throws Exception {
        RemoteTaskException exception = remote("boom");
        exception.initCause(new IllegalStateException("inner"));

        RemoteTaskException copy = Copies.copyOf(exception);

        assertThat(copy)
                .hasMessage("com.acme.BadException: boom"
                        + " [stand-in, because NotSerializableException: java.net.Socket]");
        assertThat(copy.originalClassName()).isEqualTo("com.acme.BadException");
        assertThat(copy.originalMessage()).isEqualTo("boom");
        assertThat(copy.reason()).isEqualTo("NotSerializableException: java.net.Socket");
        assertThat(copy.getStackTrace()).containsExactly(FRAME);
        assertThat(copy).hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void remoteTask_originalWithoutMessage_hasNone() throws Exception {
        RemoteTaskException copy = Copies.copyOf(remote(null));

        assertThat(copy.originalMessage()).isNull();
        assertThat(copy)
                .hasMessage("com.acme.BadException [stand-in, because NotSerializableException: java.net.Socket]");
    }

    @Test
    void exception_nullArgument_isRefusedByName() {
        assertThatNullPointerException()
                .isThrownBy(() -> new WorkerTerminatedException(null))
                .withMessage("report");
        assertThatNullPointerException()
                .isThrownBy(() -> new ExecutorShutdownException(null))
                .withMessage("message");
        assertThatNullPointerException()
                .isThrownBy(() -> new WorkerStartException("m", null, (List<String>) null))
                .withMessage("output");
        assertThatNullPointerException()
                .isThrownBy(() -> new WorkerStartException("m", null, (CrashReport) null))
                .withMessage("report");
        assertThatNullPointerException()
                .isThrownBy(() -> new WorkerStartException("m", null, List.of(), null))
                .withMessage("exitCode");
        assertThatNullPointerException()
                .isThrownBy(() -> new TaskTimeoutException(null, Duration.ofSeconds(1)))
                .withMessage("task");
        assertThatNullPointerException()
                .isThrownBy(() -> new TaskTimeoutException("task", null))
                .withMessage("limit");
        assertThatNullPointerException()
                .isThrownBy(() -> new TaskTimeoutException("task", null, Duration.ZERO, List.of(), "ended"))
                .withMessage("limit");
        assertThatNullPointerException()
                .isThrownBy(() -> new TaskTimeoutException("task", Duration.ZERO, null, List.of(), "ended"))
                .withMessage("ran");
        assertThatNullPointerException()
                .isThrownBy(() -> new TaskTimeoutException("task", Duration.ZERO, Duration.ZERO, null, "ended"))
                .withMessage("stacks");
        assertThatNullPointerException()
                .isThrownBy(() -> new TaskTimeoutException("task", Duration.ZERO, Duration.ZERO, List.of(), null))
                .withMessage("end");
        assertThatNullPointerException()
                .isThrownBy(() -> new RemoteTaskException(null, null, "r", new StackTraceElement[0]))
                .withMessage("originalClassName");
    }

    private static RemoteTaskException remote(String message) {
        return new RemoteTaskException(
                "com.acme.BadException", message, "NotSerializableException: java.net.Socket", new StackTraceElement[] {
                    FRAME
                });
    }
}
