/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.SerializableCallable;
import io.loky.SerializableRunnable;
import io.loky.systemtests.Await;
import io.loky.systemtests.Gate;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an executor that takes no more tasks does with those that come. */
abstract class RejectionContract extends Contract {
    RejectionContract(Side side) {
        super(side);
    }

    /** The ways to come to take no more tasks. */
    enum End {
        SHUTDOWN_WHILE_A_TASK_RUNS,
        SHUTDOWN_NOW,
        SHUTDOWN_AND_TERMINATED,
        CLOSED
    }

    private ExecutorService ended(End end) throws Exception {
        ExecutorService executor = side.create(1);
        if (end == End.CLOSED) {
            Since19.assumeClose(executor);
        }
        if (end == End.SHUTDOWN_WHILE_A_TASK_RUNS) {
            block(executor);
        } else {
            assertThat(Await.result(executor.submit(value(1)))).isEqualTo(1);
        }
        switch (end) {
            case SHUTDOWN_NOW -> assertThat(executor.shutdownNow()).isEmpty();
            case CLOSED -> Since19.close(executor);
            default -> executor.shutdown();
        }
        if (end == End.SHUTDOWN_AND_TERMINATED) {
            assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
        return executor;
    }

    /** Every method that takes a task refuses it, with or without a time-out, and nothing runs. */
    @ParameterizedTest
    @EnumSource
    void everyMethod_afterTheEnd_throwsRejectedExecutionException(End end) throws Exception {
        ExecutorService executor = ended(end);
        Gate ran = gate();
        SerializableRunnable action = ran::open;
        List<SerializableCallable<Integer>> tasks = List.of(opening(ran), opening(ran));
        List<ThrowingCallable> calls = List.of(
                () -> executor.submit(opening(ran)),
                () -> executor.submit(action),
                () -> executor.submit(action, "result"),
                () -> executor.execute(action),
                () -> executor.invokeAll(tasks),
                () -> executor.invokeAll(tasks, 60, TimeUnit.SECONDS),
                () -> executor.invokeAny(tasks),
                () -> executor.invokeAny(tasks, 60, TimeUnit.SECONDS));

        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call).isInstanceOf(RejectedExecutionException.class);
        }
        releaseBlockers();
        assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(ran.isOpen()).isFalse();
    }

    /** What cannot be sent is refused in the same way: it makes no difference any more. */
    @ParameterizedTest
    @EnumSource
    void everyMethod_taskCannotBeSent_throwsRejectedExecutionException(End end) throws Exception {
        ExecutorService executor = ended(end);
        Thread held = new Thread(() -> {});
        Callable<String> plain = () -> held.getName();
        List<Callable<String>> tasks = List.of(plain);
        List<ThrowingCallable> calls = List.of(
                () -> executor.submit(plain),
                () -> executor.execute(held),
                () -> executor.invokeAll(tasks),
                () -> executor.invokeAll(tasks, 60, TimeUnit.SECONDS),
                () -> executor.invokeAny(tasks),
                () -> executor.invokeAny(tasks, 60, TimeUnit.SECONDS));

        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call).isInstanceOf(RejectedExecutionException.class);
        }
    }

    /** A null is wrong before the state of the executor matters. */
    @ParameterizedTest
    @EnumSource
    void everyMethod_null_throwsNullPointerException(End end) throws Exception {
        ExecutorService executor = ended(end);
        List<ThrowingCallable> calls = List.of(
                () -> executor.submit((Callable<Integer>) null),
                () -> executor.submit((Runnable) null),
                () -> executor.submit(null, "result"),
                () -> executor.execute(null),
                () -> executor.invokeAll(null),
                () -> executor.invokeAll(null, 60, TimeUnit.SECONDS),
                () -> executor.invokeAny(null),
                () -> executor.invokeAny(null, 60, TimeUnit.SECONDS));

        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call).isInstanceOf(NullPointerException.class);
        }
    }

    /** No task is no task to refuse. */
    @ParameterizedTest
    @EnumSource
    void invokeAllAndAny_empty_areAnsweredAsEver(End end) throws Exception {
        ExecutorService executor = ended(end);
        List<SerializableCallable<Integer>> none = List.of();

        assertThat(executor.invokeAll(none)).isEmpty();
        assertThat(executor.invokeAll(none, 60, TimeUnit.SECONDS)).isEmpty();
        assertThatThrownBy(() -> executor.invokeAny(none)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> executor.invokeAny(none, 60, TimeUnit.SECONDS))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Where there is no time, nothing is submitted, and so nothing is refused: the futures are cancelled. */
    @ParameterizedTest
    @EnumSource
    void invokeAllTimed_zero_returnsCancelledFutures(End end) throws Exception {
        List<Future<Integer>> futures = ended(end).invokeAll(List.of(value(1), value(2)), 0, TimeUnit.SECONDS);

        assertThat(futures).hasSize(2).allMatch(Future::isCancelled);
    }

    /** A refusal in the middle of invokeAll cancels what was accepted before. */
    @Test
    void invokeAll_shutDownInTheMiddle_throwsAndCancelsTheRest() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        Gate ran = gate();
        Iterator<SerializableCallable<Integer>> shuttingDown =
                List.of(opening(ran), opening(ran)).iterator();
        Iterable<SerializableCallable<Integer>> tasks = () -> new Iterator<>() {
            private int taken;

            @Override
            public boolean hasNext() {
                return shuttingDown.hasNext();
            }

            @Override
            public SerializableCallable<Integer> next() {
                if (taken++ == 1) {
                    executor.shutdown();
                }
                return shuttingDown.next();
            }
        };

        assertThatThrownBy(() -> executor.invokeAll(new Items<>(tasks, 2)))
                .isInstanceOf(RejectedExecutionException.class);

        blocker.release();
        assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(ran.isOpen()).as("the accepted task has run").isFalse();
    }

    /** A task that was accepted before the shutdown is not refused afterwards: its future ends as it would have. */
    @Test
    void submit_beforeShutdown_ends() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        Future<Integer> queued = executor.submit(value(5));

        executor.shutdown();
        assertThatThrownBy(() -> executor.submit(value(6))).isInstanceOf(RejectedExecutionException.class);
        blocker.release();

        assertThat(Await.result(queued)).isEqualTo(5);
    }
}
