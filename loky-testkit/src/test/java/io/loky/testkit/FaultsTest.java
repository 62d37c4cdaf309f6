/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.ProcessPoolExecutor;
import io.loky.SerializableCallable;
import io.loky.SerializableRunnable;
import io.loky.TaskFuture;
import io.loky.TaskSerializationException;
import io.loky.WorkerSnapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault does to a worker what it says, shows in its future what it says, and does no more than that. */
class FaultsTest {
    @RegisterExtension
    static final Pools POOLS = new Pools();

    /** All faults one after the other in one pool: what one leaves behind, the next meets. */
    private static ProcessPoolExecutor pool;

    @BeforeAll
    static void createPool() {
        pool = POOLS.create(Pools.options(1).heartbeat(Duration.ofSeconds(1)).build());
    }

    static List<FaultCase> cases() {
        return FaultCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void fault_inARealPool_doesWhatItSays(FaultCase fault) throws Exception {
        PoolAssert.assertSurvived(pool);
        ProcessHandle before = onlyWorker();

        TaskFuture<?> future = fault.submit().apply(pool);
        if (fault.fate() == FaultCase.Fate.KILLED) {
            assertHangs(future);
            assertThat(future.cancel(true)).isTrue();
        }
        Pools.awaitDone(future);

        fault.check().check(future);
        switch (fault.fate()) {
            case DIES, KILLED, KILLED_BY_POOL -> assertReplaced(before, future);
            case GOES_ON -> {
                PoolAssert.assertSurvived(pool);
                assertThat(onlyWorker()).isEqualTo(before);
                assertThat(future.workerPid()).hasValue(before.pid());
            }
            case GOES_ON_OR_IS_REPLACED -> assertThat(future.workerPid()).hasValue(before.pid());
            case NOT_CONCERNED -> {
                assertThat(future.workerPid()).isEmpty();
                assertThat(onlyWorker()).isEqualTo(before);
            }
        }
        PoolAssert.assertSurvived(pool);
    }

    private static void assertHangs(TaskFuture<?> future) throws Exception {
        Pools.await("running: " + future, () -> future.status() == TaskFuture.Status.RUNNING);
        // it never ends, which no test can wait for; a fault that fails does so within this time, or is found next time
        assertThatThrownBy(() -> future.get(300, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
    }

    private static void assertReplaced(ProcessHandle before, TaskFuture<?> future) throws Exception {
        assertThat(future.workerPid()).hasValue(before.pid());
        Pools.await("worker " + before.pid() + " is gone", () -> !before.isAlive());
        PoolAssert.assertSurvived(pool);
        assertThat(onlyWorker()).isNotEqualTo(before);
    }

    private static ProcessHandle onlyWorker() {
        List<OptionalLong> pids =
                pool.snapshot().workers().stream().map(WorkerSnapshot::pid).toList();
        assertThat(pids).hasSize(1);
        return ProcessHandle.of(pids.get(0).orElseThrow()).orElseThrow();
    }

    /** There is a case for every method of the class, and none for what is no method. */
    @Test
    void cases_coverEveryFault() {
        assertThat(new TreeSet<>(cases().stream().map(FaultCase::method).toList()))
                .isEqualTo(faultMethods());
        assertThat(cases()).hasSize(faultMethods().size());
    }

    static Set<String> faultMethods() {
        return new TreeSet<>(Arrays.stream(Faults.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .toList());
    }

    /** A fault that is run by mistake where the test runs does no harm. */
    @Test
    void anyFault_runInTheJvmThatMadeIt_refuses() {
        SerializableRunnable halt = Faults.halt(1);
        SerializableCallable<Long> flood = Faults.floodDescriptors(10);
        SerializableRunnable exit = Faults.exitWhenDecoded(1);

        assertThatThrownBy(halt::run)
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Faults.halt(1)")
                .hasMessageContaining("submit it to a pool");
        assertThatThrownBy(flood::call).hasMessageContaining("Faults.floodDescriptors(10)");
        assertThatThrownBy(exit::run).hasMessageContaining("Faults.exitWhenDecoded(1)");
        assertThatThrownBy(() -> copy(exit)).hasMessageContaining("Faults.exitWhenDecoded(1)");
    }

    private static void copy(Object original) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(original);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isNull();
        }
    }

    /** The text of a fault, which is what logs show, is the call that made it. */
    @Test
    void toString_anyFault_isTheCallThatMadeIt() {
        assertThat(Faults.halt(3)).hasToString("Faults.halt(3)");
        assertThat(Faults.memoryLeak(5)).hasToString("Faults.memoryLeak(5)");
        assertThat(Faults.signal("SIGTERM")).hasToString("Faults.signal(\"TERM\")");
    }

    @Test
    void badArguments_areRefusedByName() {
        assertThatThrownBy(() -> Faults.exit(256))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("code must be from 0 to 255, got 256");
        assertThatThrownBy(() -> Faults.exit(-1)).isExactlyInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Faults.exitInAnotherThread(256)).isExactlyInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Faults.exitWhenDecoded(256)).isExactlyInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Faults.exitWithHangingHook(256)).isExactlyInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Faults.halt(256)).isExactlyInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Faults.haltWhenEncoded(256)).isExactlyInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Faults.signal("rm -rf"))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"rm -rf\"");
        assertThatThrownBy(() -> Faults.signal(null))
                .isExactlyInstanceOf(NullPointerException.class)
                .hasMessage("name");
        assertThatThrownBy(() -> Faults.floodDescriptors(-1)).hasMessageContaining("bytes must be from 0");
        assertThatThrownBy(() -> Faults.floodPrintStreams(-1)).hasMessageContaining("bytes must be from 0");
        assertThatThrownBy(() -> Faults.threadLeak(0, true)).hasMessageContaining("threads must be from 1");
        assertThatThrownBy(() -> Faults.memoryLeak(0)).hasMessageContaining("bytes must be from 1");
        assertThatThrownBy(() -> Faults.fileDescriptorLeak(0)).hasMessageContaining("files must be from 1");
        assertThatThrownBy(() -> Faults.hugeException(-1)).hasMessageContaining("chars must be from 0");
        assertThatThrownBy(() -> Faults.childProcess(Duration.ofMillis(999))).hasMessageContaining("lifetime must be");
        assertThatThrownBy(() -> Faults.childProcess(null))
                .isExactlyInstanceOf(NullPointerException.class)
                .hasMessage("lifetime");
    }

    /** A signal that ends no JVM lets the task return. */
    @Test
    void signal_harmless_returns() throws Exception {
        assertThat(Pools.result(pool.submit(Faults.signal("CONT")))).isNull();
        PoolAssert.assertSurvived(pool);
    }

    /** A signal that the system does not know fails the task with the words of the system. */
    @Test
    void signal_unknown_failsWithIOException() throws Exception {
        assertThat(Pools.failure(pool.submit(Faults.signal("NOSUCH"))))
                .isExactlyInstanceOf(java.io.IOException.class)
                .hasMessageContaining("signal NOSUCH could not be sent");
        PoolAssert.assertSurvived(pool);
    }

    /** Continued by somebody, the worker goes on as if nothing had been. */
    @Test
    void stop_continued_returns() throws Exception {
        TaskFuture<?> future = pool.submit(Faults.stop());
        Pools.await("running", () -> future.workerPid().isPresent());
        long pid = future.workerPid().orElseThrow();

        Pools.await("done: " + future, () -> {
            Signals.send("CONT", pid);
            return future.isDone();
        });

        assertThat(future.status()).isEqualTo(TaskFuture.Status.SUCCEEDED);
        PoolAssert.assertSurvived(pool);
    }

    /** Its worker takes it along, also when it dies by itself. */
    @Test
    void childProcess_workerDies_childDies() throws Exception {
        long pid = Pools.result(pool.submit(Faults.childProcess(Duration.ofMinutes(10))));
        ProcessHandle child = ProcessHandle.of(pid).orElseThrow();

        assertThat(Pools.death(pool.submit(Faults.halt(1)))).isNotNull();

        Pools.await("the child is gone", () -> !child.isAlive());
        PoolAssert.assertSurvived(pool);
    }

    /** Without a limit of the metaspace the fault would fill the machine, and does nothing. */
    @Test
    void metaspaceExhaustion_withoutLimit_refuses() throws Exception {
        ProcessPoolExecutor unlimited =
                POOLS.create(Pools.options(1).jvmArgs(List.of()).build());

        assertThat(Pools.failure(unlimited.submit(Faults.metaspaceExhaustion())))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("MaxMetaspaceSize");
    }

    /** As an argument, and as a captured variable, a fault of coding does the same. */
    @Test
    void faultsOfCoding_asArgumentOrCapturedVariable_doTheSame() throws Exception {
        SerializableRunnable unreadable = Faults.unreadableTask();

        assertThat(Pools.failure(pool.submitWith(argument -> true, unreadable)))
                .isExactlyInstanceOf(TaskSerializationException.class);
        assertThat(Pools.failure(pool.submit(() -> unreadable.hashCode())))
                .isExactlyInstanceOf(TaskSerializationException.class);
        assertThat(Pools.failure(pool.submitWith(argument -> true, Faults.unserializableTask())))
                .isExactlyInstanceOf(TaskSerializationException.class);
        assertThat(Pools.death(pool.submitWith(argument -> true, Faults.exitWhenDecoded(9)))
                        .report()
                        .exitCode())
                .hasValue(9);
        PoolAssert.assertSurvived(pool);
    }

    /** What was leaked is still there for the next task, and counted. */
    @Test
    void leaks_repeated_addUp() throws Exception {
        ProcessPoolExecutor leaky = POOLS.create(1);
        Pools.result(leaky.submit(Faults.threadLeak(5, true)));
        Pools.result(leaky.submit(Faults.threadLeak(5, false)));
        Pools.result(leaky.submit(Faults.memoryLeak(1_500_000)));
        Pools.result(leaky.submit(Faults.fileDescriptorLeak(3)));

        assertThat(Pools.result(leaky.submit(Faults.memoryLeak(500_000)))).isEqualTo(2_000_000L);
        assertThat(Pools.result(leaky.submit(Faults.fileDescriptorLeak(4)))).isEqualTo(7);
        assertThat(Pools.result(leaky.submit(() -> Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("leaked thread"))
                        .count())))
                .isEqualTo(10);
    }

    /** The interrupt flag and the context class loader are as new for the next task; the rest of the dirt is there. */
    @Test
    void dirt_nextTaskInTheSameWorker_findsWhatIsDocumented() throws Exception {
        ProcessPoolExecutor dirty = POOLS.create(1);
        String usual = Pools.result(dirty.submit(
                () -> Thread.currentThread().getContextClassLoader().getClass().getName()));
        Pools.result(dirty.submit(Faults.changeDefaults()));
        Pools.result(dirty.submit(Faults.changeContextClassLoader()));
        Pools.result(dirty.submit(Faults.leaveInterrupted()));

        assertThat(Pools.result(dirty.submit(() -> Thread.currentThread().isInterrupted())))
                .isFalse();
        assertThat(Pools.result(dirty.submit(() -> Thread.currentThread()
                        .getContextClassLoader()
                        .getClass()
                        .getName())))
                .isEqualTo(usual);
        assertThat(Pools.result(dirty.submit(() -> TimeZone.getDefault().getID())))
                .isEqualTo("Pacific/Chatham");
        assertThat(Pools.result(dirty.submit(() -> Locale.getDefault().toLanguageTag())))
                .isEqualTo("tr-TR");
        assertThat(Pools.result(dirty.submit(() -> System.getProperty(Dirt.PROPERTY))))
                .isEqualTo("true");
        PoolAssert.assertSurvived(dirty);
    }
}
