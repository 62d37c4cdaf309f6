/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.loky.ExecutorShutdownException;
import io.loky.ResultSerializationException;
import io.loky.TaskFuture.Status;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.Measured;
import io.loky.internal.wire.Sections;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RemoteTaskTest {
    private final FakePool pool = new FakePool();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    // ---- outcomes ---------------------------------------------------------------------------------------------------

    @Test
    void get_workerReturnsAValue_givesIt() throws Exception {
        RemoteTask<String> task = pool.sentTask();
        assertThat(task.isDone()).isFalse();
        assertThat(task.status()).isEqualTo(Status.RUNNING);

        assertThat(pool.answer(task, "value")).isTrue();

        assertThat(task.get()).isEqualTo("value");
        assertThat(task.get(0, TimeUnit.SECONDS)).isEqualTo("value");
        assertThat(task.resultNow()).isEqualTo("value");
        assertThat(task.isDone()).isTrue();
        assertThat(task.isCancelled()).isFalse();
        assertThat(task.status()).isEqualTo(Status.SUCCEEDED);
        assertThatIllegalStateException()
                .isThrownBy(task::exceptionNow)
                .withMessage("task #1 'sample' succeeded: it has no exception");
    }

    @Test
    void get_workerReturnsNull_givesNull() throws Exception {
        RemoteTask<String> task = pool.sentTask();
        pool.answer(task, (Object) null);

        assertThat(task.get()).isNull();
        assertThat(task.resultNow()).isNull();
        assertThat(task.status()).isEqualTo(Status.SUCCEEDED);
    }

    @Test
    void get_taskWithAFixedResult_givesThatAndNotWhatTheWorkerReturns() throws Exception {
        Object fixed = new Object();
        RemoteTask<Object> task = pool.newTask(fixed);
        pool.start(task);
        pool.answer(task, "ignored");

        assertThat(task.get()).isSameAs(fixed);
    }

    @Test
    void get_taskThrew_throwsItsExceptionAsTheCause() {
        RemoteTask<String> task = pool.sentTask();
        task.sentTo(4711);

        pool.answer(task, FakePool.errorFrame(task, new FileNotFoundException("not there")));

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(task::get)
                .havingCause()
                .isExactlyInstanceOf(FileNotFoundException.class)
                .withMessage("not there");
        assertThat(task.exceptionNow()).isExactlyInstanceOf(FileNotFoundException.class);
        assertThat(task.status()).isEqualTo(Status.FAILED);
        assertThat(task.isCancelled()).isFalse();
        assertThatIllegalStateException()
                .isThrownBy(task::resultNow)
                .withMessage("task #1 'sample' failed: it has no result")
                .withCause(task.exceptionNow());
    }

    @Test
    void exceptionNow_taskThrew_showsRemoteFramesThenTheSubmit() {
        String submitter = Thread.currentThread().getName();
        RemoteTask<String> task = pool.sentTask();
        task.sentTo(4711);
        Exception thrown = new IllegalArgumentException();
        StackTraceElement remote = new StackTraceElement("com.example.Job", "run", "Job.java", 7);
        thrown.setStackTrace(new StackTraceElement[] {remote});

        pool.answer(task, FakePool.errorFrame(task, thrown));

        StackTraceElement[] frames = task.exceptionNow().getStackTrace();
        assertThat(frames[0]).isEqualTo(remote);
        assertThat(frames[1].toString()).contains("worker process 4711").contains("by thread " + submitter);
        assertThat(frames.length).as("the frames of the submit follow").isGreaterThan(2);
    }

    @Test
    void exceptionNow_failedByTheLibrary_hasTheFramesOfTheSubmitOnly() throws Exception {
        RemoteTask<String> task = pool.newTask();
        ExecutorShutdownException failure = new ExecutorShutdownException("shut down");

        threads.submit(() -> task.failLocally(failure)).get();

        assertThat(task.exceptionNow()).isSameAs(failure);
        assertThat(failure.getStackTrace())
                .extracting(StackTraceElement::getClassName)
                .doesNotContain("java.util.concurrent.ThreadPoolExecutor$Worker")
                .isNotEmpty();
        assertThat(task.status()).isEqualTo(Status.FAILED);
    }

    @Test
    void get_resultThatCannotBeRebuilt_failsThisFutureWithTheReason() {
        RemoteTask<String> task = pool.sentTask();

        pool.answer(task, new Frame(FrameType.VALUE, 1, new byte[] {99}, 0));

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(task::get)
                .havingCause()
                .isExactlyInstanceOf(ResultSerializationException.class)
                .withMessageContaining("task #1 'sample'")
                .withMessageContaining("unknown tag 99");
    }

    @Test
    void get_exceptionThatCannotBeRebuilt_failsThisFutureWithTheReason() {
        RemoteTask<String> task = pool.sentTask();

        pool.answer(task, new Frame(FrameType.ERROR, 1, new byte[] {1, 2, 3}, 0));

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(task::get)
                .havingCause()
                .isExactlyInstanceOf(ResultSerializationException.class)
                .withMessageContaining("task #1 'sample'");
    }

    /** An answer that is delivered must complete its future whatever the user's classes do, or its caller waits forever. */
    @Test
    void get_exceptionWhoseAccessorsThrowAnError_isThatException() {
        for (boolean nullFrames : new boolean[] {false, true}) {
            RemoteTask<String> task = pool.sentTask();

            pool.answer(task, FakePool.errorFrame(task, new Rude(nullFrames)));

            assertThat(task.isDone()).isTrue();
            assertThat(task.exceptionNow()).isExactlyInstanceOf(Rude.class);
        }
    }

    @Test
    void get_resultForWhichThereWasNoMemory_saysHowLongItIs() {
        RemoteTask<String> task = pool.sentTask();

        pool.answer(task, new Frame(FrameType.VALUE, 1, new byte[0], 123_456_789));

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(task::get)
                .havingCause()
                .isExactlyInstanceOf(ResultSerializationException.class)
                .withMessageContaining("task #1 'sample'")
                .withMessageContaining("123456789 bytes");
    }

    /** The answering thread reads what the worker sends: it must not run, or wait for, the user's code. */
    @Test
    void answer_resultWithAReadObject_isRebuiltOnceByWhoeverAsks() throws Exception {
        RemoteTask<Witness> task = pool.sentTask();
        Frame answer = FakePool.valueFrame(task, new Witness());

        threads.submit(() -> pool.answer(task, answer)).get();

        assertThat(task.isDone()).isTrue();
        assertThat(task.get().readBy).isSameAs(Thread.currentThread());
        assertThat(threads.submit(() -> task.get()).get()).isSameAs(task.get());
        assertThat(task.resultNow()).isSameAs(task.get());
    }

    // ---- waiting
    // -------------------------------------------------------------------------------------------------------

    @Test
    void get_timeIsUp_saysWhatItIsDoingAndGoesOn() throws Exception {
        RemoteTask<String> task = pool.sentTask();

        assertThatExceptionOfType(TimeoutException.class)
                .isThrownBy(() -> task.get(1, TimeUnit.MILLISECONDS))
                .withMessage("task #1 'sample' was not done within 1 MILLISECONDS; it is RUNNING and goes on");

        pool.answer(task, "late");
        assertThat(task.get()).isEqualTo("late");
    }

    @Test
    void get_waitingThreadIsInterrupted_throwsAndTheTaskGoesOn() throws Exception {
        RemoteTask<String> task = pool.sentTask();
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptedException.class).isThrownBy(task::get);

        assertThat(task.isDone()).isFalse();
        pool.answer(task, "value");
        assertThat(task.get()).isEqualTo("value");
    }

    @Test
    void get_taskIsDoneAndThreadIsInterrupted_givesTheValueAndKeepsTheFlag() throws Exception {
        RemoteTask<String> task = pool.sentTask();
        pool.answer(task, "value");
        Thread.currentThread().interrupt();

        assertThat(task.get()).isEqualTo("value");
        assertThat(task.get(1, TimeUnit.SECONDS)).isEqualTo("value");
        assertThat(Thread.interrupted()).as("the flag, cleared by asking").isTrue();
    }

    @Test
    void get_manyThreadsWait_allGetTheSame() throws Exception {
        RemoteTask<List<Integer>> task = pool.sentTask();
        CountDownLatch waiting = new CountDownLatch(20);
        List<Future<Object>> results = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            boolean withLimit = i % 2 == 0;
            results.add(threads.submit(() -> {
                waiting.countDown();
                return withLimit ? task.get(100, TimeUnit.SECONDS) : task.get();
            }));
        }
        waiting.await();

        pool.answer(task, List.of(1, 2));

        for (Future<Object> result : results) {
            assertThat(result.get()).isSameAs(task.resultNow());
        }
        assertThat(task.resultNow()).containsExactly(1, 2);
    }

    /** With real threads, since a model does not miss a wake-up: a caller that is not woken hangs here. */
    @Test
    void get_justWhenTheAnswerComes_returns() throws Exception {
        CyclicBarrier start = new CyclicBarrier(3);
        Object value = List.of(1);
        for (int round = 0; round < 3_000; round++) {
            RemoteTask<Object> task = round % 2 == 0 ? pool.sentTask() : pool.newTask(value);
            pool.start(task);
            Frame answer = round % 2 == 0 ? FakePool.valueFrame(task, 1) : FakePool.valueFrame(task, value);
            Future<Object> other = threads.submit(() -> {
                start.await();
                return task.get(100, TimeUnit.SECONDS);
            });
            Future<Boolean> answering = threads.submit(() -> {
                start.await();
                return pool.answer(task, answer);
            });
            start.await();

            Object result = task.get();

            assertThat(other.get()).isSameAs(result);
            assertThat(result).isEqualTo(round % 2 == 0 ? 1 : value);
            assertThat(answering.get()).isTrue();
        }
    }

    // ---- while another thread decodes -------------------------------------------------------------------------------

    @Test
    void get_whileAnotherThreadDecodes_waitsNoLongerThanItsLimit() throws Exception {
        RemoteTask<Slow> task = pool.sentTask();
        Future<Slow> decoding = decodeSlowly(task);

        assertThatExceptionOfType(TimeoutException.class)
                .isThrownBy(() -> task.get(1, TimeUnit.MILLISECONDS))
                .withMessage("task #1 'sample' is done, but its answer, which another thread is decoding, was not there"
                        + " within 1 MILLISECONDS; that goes on");

        Slow.mayGoOn.countDown();
        assertThat(task.get(60, TimeUnit.SECONDS)).isSameAs(decoding.get());
    }

    @Test
    void get_whileAnotherThreadDecodes_canBeInterrupted() throws Exception {
        RemoteTask<Slow> task = pool.sentTask();
        Future<Slow> decoding = decodeSlowly(task);
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptedException.class).isThrownBy(task::get);

        Slow.mayGoOn.countDown();
        assertThat(task.get()).isSameAs(decoding.get());
    }

    @Test
    void status_whileAnotherThreadDecodes_waitsAndKeepsTheInterrupt() throws Exception {
        RemoteTask<Slow> task = pool.sentTask();
        Future<Slow> decoding = decodeSlowly(task);
        Future<Status> status = threads.submit(() -> {
            Thread.currentThread().interrupt();
            Status seen = task.status();
            return Thread.interrupted() ? seen : Status.FAILED;
        });

        assertThat(task.toString()).isEqualTo("task #1 'sample'[ANSWERED]");
        Slow.mayGoOn.countDown();

        assertThat(status.get()).isEqualTo(Status.SUCCEEDED);
        assertThat(task.resultNow()).isSameAs(decoding.get());
    }

    /** What decodes is user code, and may wait for a later answer: the thread that brings answers must not wait for it. */
    @Test
    void afterwards_whileAnotherThreadDecodes_doesNotWait() throws Exception {
        RemoteTask<Slow> task = pool.sentTask();
        Future<Slow> decoding = decodeSlowly(task);
        CountDownLatch ran = new CountDownLatch(1);

        task.afterwards(ran::countDown);

        ran.await();
        assertThat(decoding.isDone()).isFalse();
        Slow.mayGoOn.countDown();
        assertThat(decoding.get()).isNotNull();
    }

    /** Has a thread decode an answer that will not be decoded before the test says so. */
    private Future<Slow> decodeSlowly(RemoteTask<Slow> task) throws Exception {
        Slow.begun = new CountDownLatch(1);
        Slow.mayGoOn = new CountDownLatch(1);
        pool.answer(task, new Slow());
        Future<Slow> decoding = threads.submit(() -> task.get());
        Slow.begun.await();
        return decoding;
    }

    @Test
    void resultNow_notDone_saysSo() {
        RemoteTask<String> task = pool.newTask();

        assertThatIllegalStateException().isThrownBy(task::resultNow).withMessage("task #1 'sample' has not completed");
        assertThatIllegalStateException()
                .isThrownBy(task::exceptionNow)
                .withMessage("task #1 'sample' has not completed");
        assertThat(task.status()).isEqualTo(Status.QUEUED);
    }

    @Test
    void workerPid_beforeAndAfterItWasSent_isTheLastWorkers() {
        RemoteTask<String> task = pool.newTask();
        assertThat(task.workerPid()).isEmpty();

        task.sentTo(1);
        task.sentTo(2);

        assertThat(task.workerPid()).hasValue(2);
    }

    @Test
    void toString_anyTask_saysNumberNameAndStatus() {
        assertThat(pool.sentTask().toString()).isEqualTo("task #1 'sample'[RUNNING]");
    }

    // ---- receipts ---------------------------------------------------------------------------------------------------

    @Test
    void receipt_nobodyWantsOne_isNone() {
        RemoteTask<String> task = pool.sentTask();
        pool.answer(task, "value");

        assertThat(task.receipt()).isEmpty();
    }

    /** What is an object is decoded by whoever asks for it first, also by who asks only for the receipt. */
    @Test
    void receipt_answerThatNobodyHasDecoded_isDecodedAndCountsAsTransfer() throws Exception {
        RemoteTask<List<String>> task = pool.newTask();
        long now = System.nanoTime();
        task.keepTimes(now);
        task.noteSubmitted(now);
        pool.start(task);
        task.noteSent(now);
        task.noteAnswered(now);
        Frame answer = FakePool.valueFrame(task, List.of("a", "b"));
        pool.answer(
                task,
                new Frame(
                        answer.type(),
                        answer.taskId(),
                        answer.payload(),
                        0,
                        new Measured(17, 18, 19, 20, 21),
                        Sections.NONE));

        assertThat(task.receipt()).hasValueSatisfying(receipt -> {
            assertThat(receipt.queueTime()).isZero();
            assertThat(receipt.runTime()).hasNanos(17);
            assertThat(receipt.transferTime()).isPositive();
            assertThat(receipt.cpuTime()).hasNanos(18);
            assertThat(receipt.allocatedBytes()).isEqualTo(19);
            assertThat(receipt.gcTime()).hasNanos(20);
            assertThat(receipt.peakMemoryBytes()).isEqualTo(21);
        });
        assertThat(task.resultNow()).containsExactly("a", "b");
    }

    // ---- cancel
    // -----------------------------------------------------------------------------------------------------------

    @Test
    void cancel_runningTask_isCancelledAtOnceAndItsAnswerIsDropped() {
        RemoteTask<String> task = pool.sentTask();

        assertThat(task.cancel(true)).isTrue();

        assertThat(task.isCancelled()).isTrue();
        assertThat(task.isDone()).isTrue();
        assertThat(task.status()).isEqualTo(Status.CANCELLED);
        assertThat(pool.cancels()).containsExactly("#1 kill");
        assertThat(pool.answer(task, "late")).isFalse();
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(task::get)
                .withMessage("task #1 'sample' was cancelled");
        assertThatIllegalStateException().isThrownBy(task::resultNow).withMessage("task #1 'sample' was cancelled");
        assertThatIllegalStateException().isThrownBy(task::exceptionNow).withMessage("task #1 'sample' was cancelled");
    }

    @Test
    void cancel_withoutInterrupt_tellsThePoolSo() {
        RemoteTask<String> task = pool.sentTask();

        assertThat(task.cancel(false)).isTrue();

        assertThat(pool.cancels()).containsExactly("#1");
    }

    @Test
    void cancel_taskThatIsDone_isFalseAndChangesNothing() throws Exception {
        RemoteTask<String> task = pool.sentTask();
        pool.answer(task, "value");

        assertThat(task.cancel(true)).isFalse();

        assertThat(task.get()).isEqualTo("value");
        assertThat(task.isCancelled()).isFalse();
    }

    @Test
    void cancel_twice_isTrueOnce() {
        RemoteTask<String> task = pool.sentTask();

        assertThat(task.cancel(false)).isTrue();
        assertThat(task.cancel(true)).isFalse();
        assertThat(task.isCancelled()).isTrue();
    }

    @Test
    void cancel_throughItsStage_cancelsTheTask() {
        RemoteTask<String> task = pool.sentTask();

        assertThat(task.toCompletableFuture().cancel(true)).isTrue();

        assertThat(task.isCancelled()).isTrue();
        assertThat(task.toCompletableFuture()).isCancelled();
        assertThat(pool.cancels()).containsExactly("#1 kill");
    }

    @Test
    void cancel_dependentStage_doesNotCancelTheTask() {
        RemoteTask<String> task = pool.sentTask();
        CompletableFuture<Integer> dependent = task.thenApply(String::length).toCompletableFuture();

        dependent.cancel(true);

        assertThat(task.isDone()).isFalse();
        assertThat(pool.cancels()).isEmpty();
    }

    /**
     * The answer has won, its future is not done yet: the stage must become what the task becomes. And {@code Future} promises that
     * it is done when {@code cancel} returns.
     */
    @Test
    void cancel_throughItsStageAfterTheAnswerHasWon_leavesTheStageToTheAnswer() throws Exception {
        RemoteTask<String> task = pool.sentTask();
        CompletableFuture<String> stage = task.toCompletableFuture();
        task.become(TaskState.DONE, "answered, and about to be completed");
        FutureTask<List<Boolean>> cancelling = new FutureTask<>(() -> List.of(stage.cancel(true), task.isDone()));
        Thread canceller = new Thread(cancelling, "canceller");
        canceller.start();
        while (canceller.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }

        task.answer(FakePool.valueFrame(task, "value"));

        assertThat(cancelling.get()).as("cancelled, done").containsExactly(false, true);
        assertThat(stage.join()).isEqualTo("value");
        assertThat(task.resultNow()).isEqualTo("value");
    }

    @Test
    void cancel_againstTheAnswer_hasExactlyOneOutcome() throws Exception {
        int cancelled = 0;
        int rounds = 3_000;
        CyclicBarrier start = new CyclicBarrier(2);
        for (int round = 0; round < rounds; round++) {
            RemoteTask<Integer> task = pool.sentTask();
            int value = round;
            CompletableFuture<Integer> stage = round % 2 == 0 ? task.toCompletableFuture() : null;
            Future<Boolean> answering = threads.submit(() -> {
                start.await();
                return pool.answer(task, value);
            });
            start.await();
            boolean wasCancelled = task.cancel(value % 3 == 0);
            boolean wasDelivered = answering.get();

            assertThat(wasCancelled)
                    .as("round %d: cancelled or delivered", round)
                    .isNotEqualTo(wasDelivered);
            assertThat(task.isDone()).isTrue();
            assertThat(task.isCancelled()).isEqualTo(wasCancelled);
            if (wasCancelled) {
                cancelled++;
                assertThatExceptionOfType(CancellationException.class).isThrownBy(task::get);
            } else {
                assertThat(task.get()).isEqualTo(value);
            }
            CompletableFuture<Integer> follower = stage == null ? task.toCompletableFuture() : stage;
            assertThat(follower.handle((result, failure) -> failure == null ? result : -1)
                            .join())
                    .isEqualTo(wasCancelled ? -1 : value);
        }
        assertThat(cancelled).as("cancels that won of %d", rounds).isBetween(0, rounds);
    }

    // ---- dependents
    // -------------------------------------------------------------------------------------------------------

    @Test
    void thenApply_addedBeforeTheAnswer_runsOnACompletionThread() {
        RemoteTask<String> task = pool.sentTask();
        CompletionStage<String> dependent =
                task.thenApply(value -> value + " on " + Thread.currentThread().getName());

        pool.answer(task, "value");

        assertThat(dependent.toCompletableFuture().join()).startsWith("value on loky-completion-");
    }

    @Test
    void answer_dependentThatBlocks_doesNotHoldUpTheAnsweringThread() {
        RemoteTask<String> task = pool.sentTask();
        CountDownLatch released = new CountDownLatch(1);
        CompletableFuture<Boolean> dependent =
                task.thenApply(value -> awaitWithoutChecked(released)).toCompletableFuture();
        CompletableFuture<Boolean> another =
                task.handle((value, failure) -> awaitWithoutChecked(released)).toCompletableFuture();

        pool.answer(task, "value"); // would never return if a dependent ran here

        assertThat(dependent).isNotDone();
        released.countDown();
        assertThat(dependent.join()).isTrue();
        assertThat(another.join()).isTrue();
    }

    @Test
    void whenComplete_taskFailed_getsItsException() {
        RemoteTask<String> task = pool.sentTask();
        CompletableFuture<Throwable> seen =
                task.handle((value, failure) -> failure).toCompletableFuture();

        pool.answer(task, FakePool.errorFrame(task, new IllegalStateException("failed")));

        assertThat(seen.join()).isSameAs(task.exceptionNow());
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> task.toCompletableFuture().join())
                .withCause(task.exceptionNow());
    }

    @Test
    void toCompletableFuture_afterTheAnswer_isDoneAtOnce() {
        RemoteTask<String> task = pool.sentTask();
        pool.answer(task, "value");

        assertThat(task.toCompletableFuture()).isCompletedWithValue("value");
        assertThat(task.toCompletableFuture()).isSameAs(task.toCompletableFuture());
    }

    @Test
    void toCompletableFuture_completedByHand_doesNotChangeTheTask() throws Exception {
        RemoteTask<String> task = pool.sentTask();

        assertThat(task.toCompletableFuture().complete("by hand")).isTrue();

        assertThat(task.isDone()).isFalse();
        pool.answer(task, "value");
        assertThat(task.get()).isEqualTo("value");
    }

    @Test
    void toCompletableFuture_askedForWhileTheAnswerComes_isAlwaysCompleted() throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        for (int round = 0; round < 2_000; round++) {
            RemoteTask<Integer> task = pool.sentTask();
            int value = round;
            Future<Boolean> answering = threads.submit(() -> {
                start.await();
                return pool.answer(task, value);
            });
            start.await();
            assertThat(task.toCompletableFuture().get(60, TimeUnit.SECONDS)).isEqualTo(value);
            assertThat(answering.get()).isTrue();
        }
    }

    @Test
    void afterwards_addedBeforeOrAfterTheEnd_runsOnceOnACompletionThread() throws Exception {
        for (boolean before : new boolean[] {true, false}) {
            RemoteTask<String> task = pool.sentTask();
            CompletableFuture<String> thread = new CompletableFuture<>();
            AtomicInteger runs = new AtomicInteger();
            Runnable action = () -> {
                runs.incrementAndGet();
                thread.complete(Thread.currentThread().getName());
            };
            if (before) {
                task.afterwards(action);
                pool.answer(task, "value");
            } else {
                pool.answer(task, "value");
                task.afterwards(action);
            }
            assertThat(thread.get(60, TimeUnit.SECONDS)).startsWith("loky-completion-");
            assertThat(runs).hasValue(1);
        }
    }

    /** The thread that ends a task, which reads the answers of a worker, must not wait for the user's readObject. */
    @Test
    void afterwards_whileTheAnswerIsBeingDecoded_doesNotWaitForThat() throws Exception {
        RemoteTask<SlowToRead> task = pool.sentTask();
        pool.answer(task, new SlowToRead());
        FutureTask<SlowToRead> get = new FutureTask<>(task::get);
        new Thread(get, "getter").start();
        assertThat(SlowToRead.BEGUN.await(60, TimeUnit.SECONDS)).isTrue();
        CountDownLatch ran = new CountDownLatch(1);
        FutureTask<Void> adding = new FutureTask<>(() -> task.afterwards(ran::countDown), null);
        new Thread(adding, "reader").start();

        boolean returned;
        try {
            returned = ran.await(5, TimeUnit.SECONDS);
        } finally {
            SlowToRead.GO.countDown();
        }

        assertThat(returned).as("the action has run meanwhile").isTrue();
        assertThat(get.get(60, TimeUnit.SECONDS)).isNotNull();
        assertThat(adding.get(60, TimeUnit.SECONDS)).isNull();
    }

    // ---- what was sent
    // -------------------------------------------------------------------------------------------------------

    @Test
    void frame_taskIsOver_isDropped() {
        RemoteTask<String> task = pool.newTask();
        task.encoded(FrameBuffer.take().finish(FrameType.TASK, task.id()));
        pool.start(task);
        assertThat(task.frame()).isNotNull();

        pool.answer(task, "value");

        assertThat(task.frame()).as("a kept future does not keep its arguments").isNull();
    }

    /** The state has given the task to a worker; a thread is about to write it; the worker waits for it. */
    @Test
    void frame_cancelledAfterItWasGivenToAWorker_isStillThereToBeSent() {
        RemoteTask<String> task = pool.newTask();
        task.encoded(FrameBuffer.take().finish(FrameType.TASK, task.id()));
        pool.start(task);

        task.cancel(false);

        assertThat(task.frame()).isNotNull();
    }

    @Test
    void frame_cancelledBeforeItWasSent_isDropped() {
        RemoteTask<String> task = pool.newTask();
        task.encoded(FrameBuffer.take().finish(FrameType.TASK, task.id()));

        task.cancel(false);

        assertThat(task.frame()).isNull();
    }

    @Test
    void giveUpArrays_neverExecutedAgain_givesThemAndKeepsNothing() throws Exception {
        RemoteTask<String> task = pool.newTask();
        FrameBuffer buffer = FrameBuffer.takeForSnapshot(1);
        buffer.write(buffer.takeAside(new int[] {7}, false));
        task.encoded(buffer.finish(FrameType.TASK, task.id()));
        task.rerun(new Rerun(1, null, null));
        assertThat(task.giveUpArrays().isEmpty()).isTrue();
        task.rerun(new Rerun(0, null, "4g"));
        assertThat(task.giveUpArrays().isEmpty()).isTrue();
        assertThat(task.frame()).isNotNull();

        task.rerun(Rerun.NEVER);

        assertThat(task.giveUpArrays().get(0)).isEqualTo(new int[] {7});
        assertThat(task.frame()).isNull();
        assertThat(task.giveUpArrays().isEmpty()).isTrue();
    }

    @Test
    void run_newTask_givesItToThePoolAndWaits() throws Exception {
        RemoteTask<String> task = pool.newTask();
        CountDownLatch running = new CountDownLatch(1);
        Future<?> run = threads.submit(() -> {
            running.countDown();
            task.run();
        });
        running.await();
        while (task.state() == TaskState.NEW) {
            Thread.onSpinWait();
        }

        assertThat(run.isDone()).isFalse();
        pool.answer(task, "value");

        run.get(60, TimeUnit.SECONDS);
        assertThat(task.resultNow()).isEqualTo("value");
    }

    @Test
    void run_poolThatWasShutDown_isRejected() {
        RemoteTask<String> task = pool.newTask();
        pool.shutDown();

        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(task::run);
    }

    private static boolean awaitWithoutChecked(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    /** Is rebuilt when the test says so. */
    private static final class SlowToRead implements Serializable {
        private static final long serialVersionUID = 1L;
        private static final CountDownLatch BEGUN = new CountDownLatch(1);
        private static final CountDownLatch GO = new CountDownLatch(1);

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            BEGUN.countDown();
            try {
                GO.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    /** Notes which thread has rebuilt it. */
    private static final class Witness implements Serializable {
        private static final long serialVersionUID = 1L;
        private transient Thread readBy;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            readBy = Thread.currentThread();
        }
    }

    /** Takes its time to be rebuilt. */
    private static final class Slow implements Serializable {
        private static final long serialVersionUID = 1L;
        private static volatile CountDownLatch begun;
        private static volatile CountDownLatch mayGoOn;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            begun.countDown();
            awaitWithoutChecked(mayGoOn);
        }
    }

    private static final class Rude extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final boolean nullFrames;

        Rude(boolean nullFrames) {
            this.nullFrames = nullFrames;
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            if (nullFrames) {
                return null;
            }
            throw new AssertionError("rude");
        }
    }
}
