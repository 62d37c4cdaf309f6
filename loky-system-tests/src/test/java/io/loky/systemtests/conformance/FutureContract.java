/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.SerializableCallable;
import io.loky.systemtests.Await;
import io.loky.systemtests.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code get} and what tells how a task has ended. */
abstract class FutureContract extends Contract {
    FutureContract(Side side) {
        super(side);
    }

    private ExecutorService executor() throws Exception {
        return side.shared(1);
    }

    private <T> Future<T> done(Callable<T> task) throws Exception {
        Future<T> future = executor().submit(task);
        Await.until("the end of the task", future::isDone);
        return future;
    }

    /** get waits for the task, and returns the same instance each time. */
    @Test
    void get_taskRuns_waitsAndReturnsTheSameEachTime() throws Exception {
        Gate go = gate();
        Future<List<String>> future = executor().submit(task(() -> {
            go.await();
            return new ArrayList<>(List.of("x"));
        }));
        Call<List<String>> call = Call.of(() -> future.get()).awaitWaiting();
        assertThat(future.isDone()).isFalse();

        go.open();

        List<String> result = call.result();
        assertThat(result).containsExactly("x");
        assertThat(future.get()).isSameAs(result);
        assertThat(future.get(0, TimeUnit.SECONDS)).isSameAs(result);
        assertThat(future.isDone()).isTrue();
        assertThat(future.isCancelled()).isFalse();
    }

    /** The failure, too, is the same instance each time. */
    @Test
    void get_taskFailed_throwsTheSameCauseEachTime() throws Exception {
        Future<Integer> future = done(failing("no"));

        List<Throwable> causes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(future::get)
                    .isExactlyInstanceOf(ExecutionException.class)
                    .satisfies(thrown -> causes.add(thrown.getCause()));
        }

        assertThat(causes.get(0)).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(causes.get(1)).isSameAs(causes.get(0));
        assertThat(causes.get(2)).isSameAs(causes.get(0));
    }

    /** All who wait are woken, and get the same. */
    @Test
    void get_manyWaiters_allGetTheResult() throws Exception {
        Blocker blocker = block(executor());
        List<Call<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            boolean timed = i % 2 == 0;
            calls.add(Call.of(() -> timed
                            ? blocker.future().get(60, TimeUnit.SECONDS)
                            : blocker.future().get())
                    .awaitWaiting());
        }

        blocker.release();

        for (Call<Integer> call : calls) {
            assertThat(call.result()).isEqualTo(1);
        }
    }

    /** A limit that passes is a time-out, and the task goes on. Zero and less passes at once. */
    @ParameterizedTest
    @ValueSource(longs = {20, 0, -1, Long.MIN_VALUE})
    void getTimed_timeIsUp_throwsTimeoutExceptionAndTaskGoesOn(long millis) throws Exception {
        Blocker blocker = block(executor());

        assertThatThrownBy(() -> blocker.future().get(millis, TimeUnit.MILLISECONDS))
                .isExactlyInstanceOf(TimeoutException.class);

        assertThat(blocker.future().isDone()).isFalse();
        assertThat(blocker.future().isCancelled()).isFalse();
        blocker.release();
        assertThat(Await.result(blocker.future())).isEqualTo(1);
    }

    /** A task that waits for a worker times out in the same way, and still runs. */
    @Test
    void getTimed_queuedTask_throwsTimeoutExceptionAndTaskStillRuns() throws Exception {
        Blocker blocker = block(executor());
        Future<Integer> queued = executor().submit(value(5));

        assertThatThrownBy(() -> queued.get(1, TimeUnit.MILLISECONDS)).isExactlyInstanceOf(TimeoutException.class);

        blocker.release();
        assertThat(Await.result(queued)).isEqualTo(5);
    }

    /** What is there needs no time. */
    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE})
    void getTimed_done_returnsWhateverTheLimit(long timeout) throws Exception {
        assertThat(done(value(5)).get(timeout, TimeUnit.DAYS)).isEqualTo(5);
    }

    /** The longest limit there is does not turn into none at all. */
    @Test
    void getTimed_longestLimit_waits() throws Exception {
        Blocker blocker = block(executor());
        Call<Integer> days = Call.of(() -> blocker.future().get(Long.MAX_VALUE, TimeUnit.DAYS))
                .awaitWaiting();
        Call<Integer> nanos = Call.of(() -> blocker.future().get(Long.MAX_VALUE, TimeUnit.NANOSECONDS))
                .awaitWaiting();

        blocker.release();

        assertThat(days.result()).isEqualTo(1);
        assertThat(nanos.result()).isEqualTo(1);
    }

    /** A null unit is refused, done or not. */
    @Test
    void getTimed_nullUnit_throwsNullPointerException() throws Exception {
        Blocker blocker = block(executor());

        assertThatThrownBy(() -> blocker.future().get(1, null)).isInstanceOf(NullPointerException.class);
        blocker.release();
        assertThatThrownBy(() -> done(value(1)).get(1, null)).isInstanceOf(NullPointerException.class);
    }

    /** A waiting caller that is interrupted stops waiting; the task goes on. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void get_interruptedWhileWaiting_throwsAndTaskGoesOn(boolean timed) throws Exception {
        Blocker blocker = block(executor());
        Call<Integer> call = Call.of(() -> get(blocker.future(), timed)).awaitWaiting();

        call.interrupt();

        assertThat(call.failure()).isExactlyInstanceOf(InterruptedException.class);
        assertThat(call.flagAfterwards()).isFalse();
        assertThat(blocker.future().isDone()).isFalse();
        blocker.release();
        assertThat(Await.result(blocker.future())).isEqualTo(1);
    }

    private static Integer get(Future<Integer> future, boolean timed) throws Exception {
        return timed ? future.get(60, TimeUnit.SECONDS) : future.get();
    }

    /** A caller that was interrupted before does not wait at all, and the flag is used up. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void get_interruptedBefore_throws(boolean timed) throws Exception {
        Blocker blocker = block(executor());
        Call<Integer> call = Call.interrupted(() -> get(blocker.future(), timed));

        assertThat(call.failure()).isExactlyInstanceOf(InterruptedException.class);
        assertThat(call.flagAfterwards()).isFalse();
    }

    /** An interrupt comes before a limit of zero. */
    @Test
    void getTimed_interruptedBeforeAndNoTime_throwsInterruptedException() throws Exception {
        Blocker blocker = block(executor());
        Call<Integer> call = Call.interrupted(() -> blocker.future().get(0, TimeUnit.SECONDS));

        assertThat(call.failure()).isExactlyInstanceOf(InterruptedException.class);
    }

    /** What is there is returned to an interrupted caller, too, which stays interrupted. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void get_interruptedAndDone_returnsAndKeepsTheFlag(boolean timed) throws Exception {
        Future<Integer> future = done(value(5));
        Call<Integer> call = Call.interrupted(() -> get(future, timed));

        assertThat(call.result()).isEqualTo(5);
        assertThat(call.flagAfterwards()).isTrue();
    }

    // ---- how it has ended ---------------------------------------------------------------------------------------

    /** As long as a task waits or runs there is neither a result nor an exception. */
    @Test
    void now_taskIsNotDone_throwsIllegalStateException() throws Exception {
        Blocker blocker = block(executor());
        Future<Integer> queued = executor().submit(value(1));

        for (Future<Integer> future : List.of(blocker.future(), queued)) {
            assertThat(Since19.state(future)).isEqualTo("RUNNING");
            assertThatThrownBy(() -> Since19.resultNow(future)).isExactlyInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> Since19.exceptionNow(future)).isExactlyInstanceOf(IllegalStateException.class);
        }
        blocker.release();
        assertThat(Await.result(queued)).isEqualTo(1);
    }

    /** A success has a result and no exception. */
    @Test
    void now_taskSucceeded_hasTheResult() throws Exception {
        Future<String> future = done(value("x"));

        assertThat(Since19.state(future)).isEqualTo("SUCCESS");
        assertThat(Since19.resultNow(future)).isSameAs(future.get());
        assertThatThrownBy(() -> Since19.exceptionNow(future)).isExactlyInstanceOf(IllegalStateException.class);
    }

    /** A result may be null. */
    @Test
    void now_taskReturnedNull_hasNull() throws Exception {
        Future<String> future = done(FutureContract.<String>task(() -> null));

        assertThat(Since19.state(future)).isEqualTo("SUCCESS");
        assertThat(Since19.resultNow(future)).isNull();
    }

    /** A failure has the exception that get throws as a cause, and no result. */
    @Test
    void now_taskFailed_hasTheException() throws Exception {
        Future<Integer> future = done(failing("no"));

        assertThat(Since19.state(future)).isEqualTo("FAILED");
        assertThatThrownBy(() -> Since19.resultNow(future)).isExactlyInstanceOf(IllegalStateException.class);
        Throwable exception = Since19.exceptionNow(future);
        assertThat(exception).isExactlyInstanceOf(IllegalStateException.class).hasMessage("no");
        assertThatThrownBy(future::get).hasCause(exception);
    }

    /** A cancellation has neither. */
    @Test
    void now_taskCancelled_hasNeither() throws Exception {
        Blocker blocker = block(executor());
        Future<Integer> queued = executor().submit(value(1));
        assertThat(queued.cancel(false)).isTrue();

        assertThat(Since19.state(queued)).isEqualTo("CANCELLED");
        assertThatThrownBy(() -> Since19.resultNow(queued)).isExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Since19.exceptionNow(queued)).isExactlyInstanceOf(IllegalStateException.class);
        blocker.release();
    }

    /** An interrupted thread asks as well as any, and stays interrupted. */
    @Test
    void now_callerIsInterrupted_answersAndKeepsTheFlag() throws Exception {
        Future<Integer> good = done(value(5));
        Future<Integer> bad = done(failing("no"));
        assertThat(Since19.state(bad)).isEqualTo("FAILED"); // skips the test here, where nobody has the methods
        Call<List<Object>> call = Call.interrupted(
                () -> List.of(Since19.state(good), Since19.resultNow(good), Since19.exceptionNow(bad)));

        assertThat(call.result().subList(0, 2)).containsExactly("SUCCESS", 5);
        assertThat(call.flagAfterwards()).isTrue();
    }

    /** The methods that Future has since 19 are there on 17, too. */
    @Test
    @Shows(Difference.SINCE_19)
    void now_onJava17_isInTheFuturesOwnType() throws Exception {
        Future<Integer> future = done(value(5));
        boolean hasMethods = hasMethod(future, "resultNow") && hasMethod(future, "exceptionNow");
        boolean hasClose = executor() instanceof AutoCloseable;

        differ(
                Difference.SINCE_19,
                () -> assertThat(List.of(hasMethods, hasClose)).containsOnly(Since19.isHere()),
                () -> assertThat(List.of(hasMethods, hasClose)).containsOnly(true));
    }

    private static boolean hasMethod(Object object, String name) {
        for (var method : object.getClass().getMethods()) {
            if (method.getName().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** A CancellationException that the task throws is a failure and not a cancellation. */
    @Test
    void isCancelled_taskThrewCancellationException_isFalse() throws Exception {
        SerializableCallable<Integer> throwing = () -> {
            throw new CancellationException("of something else");
        };
        Future<Integer> future = done(throwing);

        assertThat(future.isCancelled()).isFalse();
        assertThatThrownBy(future::get)
                .isExactlyInstanceOf(ExecutionException.class)
                .hasCauseExactlyInstanceOf(CancellationException.class);
        assertThat(future.cancel(true)).isFalse();
    }

    /** A future is also the command that was submitted. To run it again does nothing. */
    @Test
    void run_ofADoneTask_doesNothing() throws Exception {
        Gate ran = gate();
        Future<Integer> future = done(task(() -> {
            if (ran.isOpen()) {
                throw new IllegalStateException("twice");
            }
            ran.open();
            return 5;
        }));

        ((RunnableFuture<?>) future).run();
        executor().execute((RunnableFuture<?>) future);

        assertServes(executor(), 1);
        assertThat(future.get()).isEqualTo(5);
    }

    /** A future has a text, in every state. */
    @Test
    void toString_inEveryState_saysSomething() throws Exception {
        Blocker blocker = block(executor());
        Future<Integer> cancelled = executor().submit(value(1));
        assertThat(cancelled.cancel(true)).isTrue();

        assertThat(blocker.future().toString()).isNotBlank();
        assertThat(cancelled.toString()).isNotBlank();
        blocker.release();
        assertThat(done(value(1)).toString()).isNotBlank();
        assertThat(done(failing("no")).toString()).isNotBlank();
    }
}
