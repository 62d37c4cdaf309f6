/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.ProcessPoolException;
import io.loky.ProcessPoolExecutor;
import io.loky.ResultSerializationException;
import io.loky.TaskFuture;
import io.loky.TaskSerializationException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What cannot be serialized, on the way there or back, fails its own future, names the culprit, and costs no worker. */
class SerializationTest {
    @RegisterExtension
    static final Pools POOLS = new Pools();

    private static ProcessPoolExecutor pool;
    private static long pid;

    @BeforeAll
    static void warmUp() throws Exception {
        pool = POOLS.warm(1);
        pid = Await.result(pool.submit(() -> ProcessHandle.current().pid()));
    }

    /** Whatever went wrong, the same worker serves on. */
    @AfterEach
    void sameWorkerServesOn() throws Exception {
        Pools.assertServes(pool);
        assertThat(Pools.pids(pool)).containsExactly(pid);
    }

    /** A task that is itself bound to this process is refused by the name of its class. */
    @Test
    void submit_threadAsTask_failsNamingIt() throws Exception {
        Runnable thread = new Thread(() -> {});

        TaskFuture<?> future = pool.submit(thread);

        assertThat(future.isDone()).isTrue();
        assertThat(Pools.failure(future))
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("its function, java.lang.Thread, cannot leave this process")
                .hasMessageContaining("threads stay where they are")
                .satisfies(thrown -> assertThat(((ProcessPoolException) thrown).category())
                        .isEqualTo(ProcessPoolException.Category.TASK));
        assertThat(future.attempts()).isZero();
        assertThat(future.workerPid()).isEmpty();
    }

    /** execute has no future: it throws what a future would have had. */
    @Test
    void execute_threadAsTask_throwsNamingIt() {
        Runnable thread = new Thread(() -> {});

        assertThatThrownBy(() -> pool.execute(thread))
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("java.lang.Thread");
    }

    /** A lambda that captures what belongs to this process is refused by the name of that class. */
    @Test
    void submit_lambdaThatCapturesAThread_failsNamingTheClass() throws Exception {
        Thread captured = new Thread(() -> {});

        assertThat(Pools.failure(pool.submit(() -> captured.getName())))
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("java.lang.Thread");
    }

    /** The stack of the library's own exception is that of the submit. */
    @Test
    void submit_unsendableTask_hasTheStackOfTheSubmit() throws Exception {
        Thread captured = new Thread(() -> {});

        assertThat(Pools.failure(pool.submit(() -> captured.getName()))
                        .getStackTrace()[0]
                        .getMethodName())
                .isEqualTo("submit_unsendableTask_hasTheStackOfTheSubmit");
    }

    /** 100 arguments whose writeObject throws, between 100 good ones: exactly the bad ones fail, and none hangs. */
    @Test
    void submitWith_argumentsWhoseWriteObjectThrows_failOnlyThemselves() throws Exception {
        List<TaskFuture<Integer>> bad = new ArrayList<>();
        List<TaskFuture<Integer>> good = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            bad.add(pool.submitWith(argument -> argument.number, new Unwritable(i)));
            good.add(pool.submitWith(number -> -number, i));
        }

        for (int i = 0; i < 100; i++) {
            assertThat(Await.result(good.get(i))).isEqualTo(-i);
            assertThat(Pools.failure(bad.get(i)))
                    .isExactlyInstanceOf(TaskSerializationException.class)
                    .hasMessageContaining("cannot write " + i)
                    .hasCauseExactlyInstanceOf(IOException.class);
        }
    }

    /** An argument whose readObject throws fails in the worker, and the worker survives. */
    @Test
    void submitWith_argumentWhoseReadObjectThrows_failsOnlyItself() throws Exception {
        TaskFuture<Boolean> future = pool.submitWith(argument -> true, new Unreadable());

        assertThat(Pools.failure(future))
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("cannot read here")
                .hasRootCauseInstanceOf(IOException.class);
        assertThat(future.attempts()).isEqualTo(1);
    }

    /** An argument whose readObject throws an Error, or recurses without end, is no different. */
    @Test
    void submitWith_argumentWhoseReadObjectOverflowsTheStack_failsOnlyItself() throws Exception {
        TaskFuture<Boolean> future = pool.submitWith(argument -> true, new BottomlessToRead());

        assertThat(Pools.failure(future))
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasRootCauseInstanceOf(StackOverflowError.class);
    }

    /** writeObject that recurses without end fails the future, not the submitter. */
    @Test
    void submitWith_argumentWhoseWriteObjectOverflowsTheStack_failsOnlyItself() throws Exception {
        TaskFuture<Boolean> future = pool.submitWith(argument -> true, new Bottomless());

        assertThat(Pools.failure(future))
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasCauseExactlyInstanceOf(StackOverflowError.class);
    }

    /** The same in the worker: a result whose writeObject recurses without end. */
    @Test
    void result_whoseWriteObjectOverflowsTheStack_failsOnlyItself() throws Exception {
        TaskFuture<Object> future = pool.submit(() -> (Object) new Bottomless());

        assertThat(Pools.failure(future))
                .isExactlyInstanceOf(ResultSerializationException.class)
                .hasRootCauseInstanceOf(StackOverflowError.class);
    }

    /** A result that belongs to the worker's process is reported by its class. */
    @Test
    void result_thread_failsNamingTheClass() throws Exception {
        TaskFuture<Thread> future = pool.submit(() -> Thread.currentThread());

        assertThat(Pools.failure(future))
                .isExactlyInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("java.lang.Thread");
    }

    /** A result that fails half way through its bytes leaves nothing of them on the channel. */
    @Test
    void result_whoseWriteObjectThrowsAfterAMegabyte_failsOnlyItself() throws Exception {
        TaskFuture<Object> future =
                pool.submit(() -> (Object) new ArrayList<>(List.of(new byte[1 << 20], new Unwritable(1))));

        assertThat(Pools.failure(future))
                .isExactlyInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("cannot write 1");
    }

    /** A result whose readObject throws in the parent fails its future; the thread that reads results survives. */
    @Test
    void result_whoseReadObjectThrows_failsOnlyItself() throws Exception {
        TaskFuture<Object> future = pool.submit(() -> (Object) new Unreadable());

        assertThat(Pools.failure(future))
                .isExactlyInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("cannot read here");
    }

    /** A result whose readObject throws an Error in the parent is no different. */
    @Test
    void result_whoseReadObjectOverflowsTheStack_failsOnlyItself() throws Exception {
        TaskFuture<Object> future = pool.submit(() -> (Object) new BottomlessToRead());

        assertThat(Pools.failure(future))
                .isExactlyInstanceOf(ResultSerializationException.class)
                .hasRootCauseInstanceOf(StackOverflowError.class);
    }

    /** A result whose readObject interrupts the thread it is read on, whichever that is, arrives all the same. */
    @Test
    void result_whoseReadObjectInterrupts_isDelivered() throws Exception {
        TaskFuture<Object> future = pool.submit(() -> (Object) new Interrupting());

        Object result = Await.result(future);
        boolean unused = Thread.interrupted(); // if it was read on this thread

        assertThat(result).isInstanceOf(Interrupting.class);
    }

    private static final class Unwritable implements Serializable {
        private static final long serialVersionUID = 1L;
        private final int number;

        Unwritable(int number) {
            this.number = number;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.write(new byte[1000]);
            throw new IOException("cannot write " + number);
        }
    }

    private static final class Unreadable implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws IOException {
            throw new IOException("cannot read here, " + in.available());
        }
    }

    private static final class Bottomless implements Serializable {
        private static final long serialVersionUID = 1L;

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.writeInt(recurse(0));
        }
    }

    private static final class BottomlessToRead implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws IOException {
            throw new IOException("not reached: " + recurse(in.available()));
        }
    }

    private static final class Interrupting implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("InfiniteRecursion") // that is what it is for
    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }
}
