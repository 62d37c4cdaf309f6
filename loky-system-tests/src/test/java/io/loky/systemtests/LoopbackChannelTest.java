/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.OutputRouting;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.TaskOutput;
import io.loky.TaskSerializationException;
import io.loky.WorkerStartException;
import io.loky.WorkerTerminatedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The same contract, in short, on the channel for systems without pipes of their own. */
class LoopbackChannelTest {
    private static final String CHANNEL = "io.loky.channel";

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    @BeforeEach
    void chooseLoopback() {
        System.setProperty(CHANNEL, "loopback");
    }

    @AfterEach
    void chooseTheDefault() {
        System.clearProperty(CHANNEL);
    }

    /** It is really the other channel. */
    @Test
    void worker_commandLine_namesAPort() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);

        assertThat(Processes.commandLine(Pools.pids(pool).iterator().next())).doesNotContain("pipes");
    }

    /** Values, exceptions and large data arrive. */
    @Test
    void submit_valuesAndFailures_arrive() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        byte[] bytes = new byte[20_000_000];
        new Random(1).nextBytes(bytes);
        TaskFuture<byte[]> echo = pool.submitWith(argument -> argument, bytes);
        Thread unsendable = new Thread(() -> {});

        assertThat(Arrays.equals(Await.result(echo), bytes)).isTrue();
        assertThat(Pools.failure(pool.submit(() -> {
                    throw new IOException("x");
                })))
                .isExactlyInstanceOf(IOException.class);
        assertThat(Pools.failure(pool.submit(() -> unsendable.getName())))
                .isExactlyInstanceOf(TaskSerializationException.class);
        assertThat(Await.result(pool.submit(() -> System.in.read()))).isEqualTo(-1);
        Pools.assertServes(pool);
    }

    /** A death fails its own task only. */
    @Test
    void halt_besideARunningTask_failsOnlyItsOwn() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        Gate go = new Gate(folder, "go");
        TaskFuture<Integer> neighbour = pool.submit(() -> {
            go.await();
            return 1;
        });
        TaskFuture<?> victim = pool.submit(() -> Runtime.getRuntime().halt(7));

        Throwable failure = Pools.failure(victim);

        assertThat(failure).isExactlyInstanceOf(WorkerTerminatedException.class);
        assertThat(((WorkerTerminatedException) failure).report().exitCode()).hasValue(7);
        go.open();
        assertThat(Await.result(neighbour)).isEqualTo(1);
        Pools.assertServes(pool);
        Pools.awaitIdle(pool, 2);
    }

    /** cancel(true) and shutdownNow end running tasks. */
    @Test
    void cancelAndShutdownNow_runningTasks_endThem() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        TaskFuture<?> one = pool.submit(() -> Thread.sleep(600_000));
        TaskFuture<?> two = pool.submit(() -> Thread.sleep(600_000));

        assertThat(one.cancel(true)).isTrue();
        Pools.assertServes(pool);
        assertThat(pool.shutdownNow()).isEmpty();

        Await.until("done", two::isDone);
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    /** What tasks print arrives. */
    @Test
    void output_ofATask_isPassedOn() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        assertThat(Await.result(pool.submit(() -> {
                    System.out.println("printed");
                    return 1;
                })))
                .isEqualTo(1);

        Await.until("it is printed", () -> pools.console().err().contains("printed"));
    }

    /** A process of a task that inherits its streams reads an empty input, and prints like the task. */
    @Test
    void subprocess_withInheritedStreams_readsNothingAndPrints() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        assertThat(Await.result(pool.submit(() -> new ProcessBuilder("sh", "-c", "cat; echo after the end of input")
                        .inheritIO()
                        .start()
                        .waitFor())))
                .isZero();

        Await.until("it is printed", () -> pools.console().err().contains("after the end of input"));
    }

    /** A command before the worker's own gets out of the way here, too, and a missing one is named. */
    @Test
    void commandPrefix_onThisChannel_works() throws Exception {
        ProcessPoolOptions.Builder options = ProcessPoolOptions.builder().maxWorkers(1);
        ProcessPoolExecutor waits = pools.create(
                options.commandPrefix(List.of("sh", "-c", "\"$@\"; true", "--")).build());
        ProcessPoolExecutor missing =
                pools.create(options.commandPrefix(List.of("no-such-command")).build());

        TaskFuture<Long> pid = waits.submit(() -> Processes.ownPid());
        long told = Await.result(pid);
        assertThat(pid.workerPid()).hasValue(told);
        assertThat(Pools.failure(missing.submit(() -> 1)))
                .isExactlyInstanceOf(WorkerStartException.class)
                .hasMessageContaining("No such file or directory")
                .hasMessageContaining("The commandPrefix is [no-such-command]");
    }

    /** It is told apart there, too, after a task has closed the streams, and nothing is lost at a crash. */
    @Test
    void output_captured_isThatOfEachTask() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .idleTimeout(Duration.ofHours(1))
                .output(OutputRouting.capture(1_000))
                .build());
        TaskFuture<?> one = pool.submit(() -> {
            System.out.println("one");
            System.err.println("closing");
            System.err.close();
        });
        TaskFuture<?> two = pool.submit(() -> {
            System.out.write('2');
            Runtime.getRuntime().halt(7);
        });

        WorkerTerminatedException failure = (WorkerTerminatedException) Pools.failure(two);
        assertThat(one.output()).hasValue(new TaskOutput("one\nclosing\n", 0));
        assertThat(two.output()).hasValue(new TaskOutput("2", 0));
        assertThat(failure.report().output()).containsExactly("one", "closing", "2");
    }

    /** Workers do not outlive their killed parent on this channel either. */
    @Test
    void parentKilled_workersInEveryState_nothingIsLeft() throws Exception {
        try (ChildJvm parent = ChildJvm.of(ParentWithWorkers.class)
                .jvmArgs("-Dio.loky.channel=loopback")
                .args(ParentWithWorkers.Ending.WAIT.name(), folder.toString())
                .start()) {
            parent.awaitOut("READY");
            assertThat(Processes.workersOf(parent.pid())).hasSizeGreaterThan(5);

            parent.kill();

            Processes.assertNothingIsLeftOf(parent.pid());
            new Offspring(folder).assertGone();
        } finally {
            new Offspring(folder).kill();
        }
    }
}
