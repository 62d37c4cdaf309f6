/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.ProcessPoolException;
import io.loky.ProcessPoolExecutor;
import io.loky.RemoteTaskException;
import io.loky.SerializableRunnable;
import io.loky.TaskFuture;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The exceptions of tasks come to the parent as they are, and cost no worker. */
class TaskExceptionTest {
    @RegisterExtension
    static final Pools POOLS = new Pools();

    private static ProcessPoolExecutor pool;
    private static long pid;

    @BeforeAll
    static void warmUp() throws Exception {
        pool = POOLS.warm(1);
        pid = Await.result(pool.submit(() -> ProcessHandle.current().pid()));
    }

    /** Whatever the task threw, the same worker serves on. */
    @AfterEach
    void sameWorkerServesOn() throws Exception {
        Pools.assertServes(pool);
        assertThat(Pools.pids(pool)).containsExactly(pid);
    }

    private static Throwable thrownBy(SerializableRunnable task) throws Exception {
        return Pools.failure(pool.submit(task));
    }

    /** A checked exception keeps type, message and cause; get wraps it once, as every future does. */
    @Test
    void get_taskThrowsChecked_hasItAsCause() {
        TaskFuture<?> future = pool.submit(() -> {
            throw new IOException("cannot read", new FileNotFoundException("x.txt"));
        });

        assertThatThrownBy(() -> Await.result(future))
                .isExactlyInstanceOf(ExecutionException.class)
                .cause()
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("cannot read")
                .cause()
                .isExactlyInstanceOf(FileNotFoundException.class)
                .hasMessage("x.txt");
    }

    /** An unchecked exception of the JDK arrives as it is. */
    @Test
    void failure_taskThrowsUnchecked_isOfThatType() throws Exception {
        assertThat(thrownBy(() -> List.of().get(7))).isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** An error arrives as it is, and ends no worker. */
    @Test
    void failure_taskThrowsError_isOfThatType() throws Exception {
        assertThat(thrownBy(() -> {
                    throw new AssertionError("false is true");
                }))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessage("false is true");
    }

    /** Fields of the user's own exception arrive. */
    @Test
    void failure_customExceptionWithFields_keepsThem() throws Exception {
        assertThat(thrownBy(() -> {
                    throw new OrderException("no stock", 42, List.of("bolt", "nut"));
                }))
                .isExactlyInstanceOf(OrderException.class)
                .hasMessage("no stock")
                .satisfies(thrown -> {
                    OrderException order = (OrderException) thrown;
                    assertThat(order.number).isEqualTo(42);
                    assertThat(order.parts).containsExactly("bolt", "nut");
                });
    }

    /** Causes and suppressed exceptions arrive, on every level. */
    @Test
    void failure_causesAndSuppressed_areKept() throws Exception {
        Throwable thrown = thrownBy(() -> {
            IllegalStateException top =
                    new IllegalStateException("top", new UncheckedIOException(new IOException("deep")));
            top.addSuppressed(new IllegalArgumentException("beside", new ArithmeticException("below")));
            throw top;
        });

        assertThat(thrown).hasMessage("top").hasRootCauseInstanceOf(IOException.class);
        assertThat(thrown.getSuppressed()).singleElement().satisfies(beside -> {
            assertThat(beside)
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("beside");
            assertThat(beside)
                    .cause()
                    .isExactlyInstanceOf(ArithmeticException.class)
                    .hasMessage("below");
        });
    }

    /** The stack shows where it was thrown in the worker, and where the task was submitted in the parent. */
    @Test
    void stack_ofTasksException_hasRemoteFramesAndSubmitSite() throws Exception {
        Throwable thrown = submitHere();

        List<String> methods = Arrays.stream(thrown.getStackTrace())
                .map(StackTraceElement::getMethodName)
                .toList();
        assertThat(methods.get(0)).as("innermost frame of %s", methods).isEqualTo("failDeepInTheWorker");
        assertThat(methods).contains("submitHere", "stack_ofTasksException_hasRemoteFramesAndSubmitSite");
        assertThat(Arrays.toString(thrown.getStackTrace())).contains(Long.toString(pid));
        assertThat(methods.indexOf("submitHere"))
                .as("the submit is below the worker's frames")
                .isPositive();
        assertThat(Arrays.stream(thrown.getStackTrace()).map(StackTraceElement::getClassName))
                .as("the library's own frames")
                .noneMatch(name -> name.startsWith("io.loky.internal."));
    }

    private static Throwable submitHere() throws Exception {
        return Pools.failure(pool.submit(() -> failDeepInTheWorker()));
    }

    private static void failDeepInTheWorker() {
        throw new IllegalStateException("deep");
    }

    /** An exception with a field that cannot be serialized is stood in for; nothing that matters is lost. */
    @Test
    void failure_exceptionThatCannotBeSerialized_hasAStandIn() throws Exception {
        Throwable thrown = thrownBy(() -> {
            UnsendableException unsendable = new UnsendableException("holds a thread");
            unsendable.initCause(new IOException("why"));
            unsendable.addSuppressed(new ArithmeticException("beside"));
            throw unsendable;
        });

        assertThat(thrown).isExactlyInstanceOf(RemoteTaskException.class).hasMessageContaining("holds a thread");
        RemoteTaskException standIn = (RemoteTaskException) thrown;
        assertThat(standIn.originalClassName()).isEqualTo(UnsendableException.class.getName());
        assertThat(standIn.originalMessage()).isEqualTo("holds a thread");
        assertThat(standIn.reason()).contains("java.lang.Thread");
        assertThat(standIn.category()).isEqualTo(ProcessPoolException.Category.TASK);
        assertThat(standIn).cause().isExactlyInstanceOf(IOException.class).hasMessage("why");
        assertThat(standIn.getSuppressed()).singleElement().isInstanceOf(ArithmeticException.class);
        assertThat(Arrays.toString(standIn.getStackTrace()))
                .contains("failure_exceptionThatCannotBeSerialized_hasAStandIn");
    }

    /** A good exception with a cause that cannot be serialized: what can be kept is kept. */
    @Test
    void failure_causeThatCannotBeSerialized_isStoodInForInItsPlace() throws Exception {
        Throwable thrown = thrownBy(() -> {
            throw new IllegalStateException("good", new UnsendableException("bad"));
        });

        assertThat(thrown).hasMessageContaining("good");
        assertThat(thrown)
                .cause()
                .isExactlyInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("bad");
    }

    /** An exception that the parent cannot rebuild is stood in for. */
    @Test
    void failure_exceptionWhoseReadObjectThrows_hasAStandIn() throws Exception {
        Throwable thrown = thrownBy(() -> {
            throw new UnreadableException("only here");
        });

        assertThat(thrown).isExactlyInstanceOf(RemoteTaskException.class);
        assertThat(((RemoteTaskException) thrown).originalClassName()).isEqualTo(UnreadableException.class.getName());
        assertThat(((RemoteTaskException) thrown).reason()).contains("not in the parent");
    }

    /** An exception whose own methods throw cannot harm the worker. */
    @Test
    void failure_exceptionWithHostileMethods_isReported() throws Exception {
        assertThat(thrownBy(() -> {
                    throw new HostileException();
                }))
                .isExactlyInstanceOf(RemoteTaskException.class)
                .hasMessageContaining(HostileException.class.getName());
    }

    /** Two exceptions that are each other's cause do not make the worker loop. */
    @Test
    void failure_cyclicCauses_isReported() throws Exception {
        assertThat(thrownBy(() -> {
                    IllegalStateException one = new IllegalStateException("one");
                    IllegalStateException two = new IllegalStateException("two", one);
                    one.initCause(two);
                    throw one;
                }))
                .hasMessage("one");
    }

    /** Endless recursion fails its own task only. */
    @Test
    void failure_endlessRecursion_isStackOverflowError() throws Exception {
        assertThat(thrownBy(() -> {
                    int unused = recurse(0);
                }))
                .isExactlyInstanceOf(StackOverflowError.class);
    }

    /** A task that throws InterruptedException, or interrupts itself, is a task like any other. */
    @Test
    void failure_interruptedException_isOfThatType() throws Exception {
        assertThat(thrownBy(() -> {
                    throw new InterruptedException("in the task");
                }))
                .isExactlyInstanceOf(InterruptedException.class);
    }

    /** Each future has an exception of its own. */
    @Test
    void failures_ofSameTask_areDifferentInstances() throws Exception {
        SerializableRunnable task = () -> {
            throw new IllegalStateException("same");
        };

        assertThat(thrownBy(task)).isNotSameAs(thrownBy(task));
    }

    /** The future as a CompletableFuture wraps the exception as the JDK does. */
    @Test
    void join_taskThrows_isCompletionExceptionWithIt() {
        TaskFuture<Integer> future = pool.submit(() -> Integer.parseInt("x"));

        assertThatThrownBy(() -> future.toCompletableFuture().join())
                .isExactlyInstanceOf(CompletionException.class)
                .hasCauseExactlyInstanceOf(NumberFormatException.class);
    }

    @SuppressWarnings("InfiniteRecursion") // that is what it is for
    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    private static final class OrderException extends Exception {
        private static final long serialVersionUID = 1L;
        private final int number;
        private final String[] parts;

        OrderException(String message, int number, List<String> parts) {
            super(message);
            this.number = number;
            this.parts = parts.toArray(String[]::new);
        }
    }

    @SuppressWarnings("serial") // that is what it is for
    private static final class UnsendableException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final Thread culprit = Thread.currentThread();

        UnsendableException(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return culprit == null ? "" : super.getMessage();
        }
    }

    private static final class UnreadableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnreadableException(String message) {
            super(message);
        }

        private void readObject(ObjectInputStream in) throws IOException {
            throw new IOException("not in the parent: " + in.available());
        }
    }

    private static final class HostileException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("no cause");
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new IllegalStateException("no stack");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("no text");
        }
    }
}
