/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.systemtests.Offspring.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a task has started ends with its worker, however that ends. What others have started does not. */
class DescendantsTest {
    /** A worker that dies by itself: nobody was there to look for children that have left its session. */
    private static final Kind[] OF_A_DEATH = {Kind.CHILD, Kind.GRANDCHILD, Kind.ORPHAN, Kind.NESTED};

    /** A worker that the pool ends. */
    private static final Kind[] ALL = {Kind.CHILD, Kind.GRANDCHILD, Kind.ORPHAN, Kind.DETACHED, Kind.NESTED};

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // by JUnit, before each test
    private Offspring offspring;

    @BeforeEach
    void prepare() throws Exception {
        offspring = new Offspring(folder);
    }

    @AfterEach
    void killWhatIsLeft() throws Exception {
        offspring.kill();
    }

    /** How a worker dies by itself, or is killed by others. */
    private enum Death {
        HALT,
        EXIT,
        SEGMENTATION_FAULT,
        SIGTERM,
        SIGKILL;

        void die() throws Exception {
            switch (this) {
                case HALT -> Runtime.getRuntime().halt(1);
                case EXIT -> System.exit(1);
                case SEGMENTATION_FAULT -> NativeCrashTest.Crash.now();
                case SIGTERM, SIGKILL -> {
                    Processes.signal(name().substring(3), Processes.ownPid());
                    Thread.sleep(600_000);
                }
            }
        }
    }

    /** The worker dies of its task. */
    @ParameterizedTest
    @EnumSource(Death.class)
    void worker_diesOfItsTask_takesWhatTheTaskHasStarted(Death death) throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .jvmArgs(NativeCrashTest.Crash.jvmArgs())
                .build());
        Offspring mine = offspring;

        TaskFuture<?> victim = pool.submit(() -> {
            mine.start(OF_A_DEATH);
            death.die();
        });

        Pools.failure(victim);
        mine.assertGone();
        Pools.assertServes(pool);
    }

    /** A task that has ended leaves processes behind: they stay until the worker goes, and go with it. */
    @Test
    void idleWorker_killedFromOutside_takesWhatItsTaskHasStarted() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        long worker = startAndReturn(pool, OF_A_DEATH);
        assertThat(offspring.alive()).contains(OF_A_DEATH);

        Processes.kill(worker);

        offspring.assertGone();
        Pools.assertServes(pool);
    }

    /** cancel(true). */
    @Test
    void cancelTrue_runningTask_takesWhatTheTaskHasStarted() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<?> victim = startAndStay(pool);

        assertThat(victim.cancel(true)).isTrue();

        offspring.assertGone();
        Pools.assertServes(pool);
    }

    /** shutdownNow, and shutdown(true), which is the same. */
    @ParameterizedTest
    @EnumSource(Stop.class)
    void stop_runningTask_takesWhatTheTaskHasStarted(Stop how) throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<?> victim = startAndStay(pool);

        how.stop(pool);

        Pools.failure(victim);
        offspring.assertGone();
    }

    private enum Stop {
        SHUTDOWN_NOW,
        SHUTDOWN_TRUE;

        void stop(ProcessPoolExecutor pool) {
            switch (this) {
                case SHUTDOWN_NOW -> assertThat(pool.shutdownNow()).isEmpty();
                case SHUTDOWN_TRUE -> pool.shutdown(true);
            }
        }
    }

    /** A worker that leaves because it was idle. What has a session of its own lives on, as where the worker dies by itself. */
    @Test
    void idleTimeout_taskHasEnded_takesWhatTheTaskHasStarted() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .idleTimeout(Duration.ofMillis(200))
                .build());
        startAndReturn(pool, OF_A_DEATH);

        Await.until("no workers", () -> pool.snapshot().workers().isEmpty(), pool::toString);

        offspring.assertGone();
    }

    /** A pool that is closed lets its workers leave. */
    @Test
    void close_taskHasEnded_takesWhatTheTaskHasStarted() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        startAndReturn(pool, OF_A_DEATH);

        pool.close();

        offspring.assertGone();
    }

    /** Processes of a task on another worker, and of this JVM itself, are nobody else's business. */
    @Test
    void worker_dies_othersChildrenLiveOn() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        Offspring neighbours = offspring;
        Gate started = new Gate(folder, "started");
        Gate go = new Gate(folder, "go");
        TaskFuture<?> neighbour = pool.submit(() -> {
            neighbours.start(OF_A_DEATH);
            started.open();
            go.await();
        });
        started.await();
        Offspring own = new Offspring(Files.createDirectory(folder.resolve("own")));
        try {
            own.start(Kind.CHILD, Kind.ORPHAN, Kind.DETACHED);

            Pools.failure(pool.submit(() -> Runtime.getRuntime().halt(1)));
            TaskFuture<?> cancelled = pool.submit(() -> Thread.sleep(600_000));
            Await.until("running", () -> cancelled.status() == TaskFuture.Status.RUNNING);
            assertThat(cancelled.cancel(true)).isTrue();
            Pools.assertServes(pool);
            Await.until("two workers", () -> pool.snapshot().workers().size() == 2);

            assertThat(neighbours.alive()).contains(OF_A_DEATH);
            go.open();
            assertThat(Await.result(neighbour)).isNull();
            pool.close();
            neighbours.assertGone();
            assertThat(own.alive()).containsExactly(Kind.CHILD, Kind.ORPHAN, Kind.DETACHED);
        } finally {
            own.kill();
        }
    }

    private TaskFuture<?> startAndStay(ProcessPoolExecutor pool) {
        Offspring mine = offspring;
        Gate started = new Gate(folder, "started");
        TaskFuture<?> task = pool.submit(() -> {
            mine.start(ALL);
            started.open();
            stay();
        });
        started.await();
        return task;
    }

    /** One that listened to an interrupt would not take its worker along. */
    private static void stay() {
        while (true) {
            try {
                Thread.sleep(600_000);
            } catch (InterruptedException e) {
                // It stays.
            }
        }
    }

    private long startAndReturn(ProcessPoolExecutor pool, Kind... kinds) throws Exception {
        Offspring mine = offspring;
        return Await.result(pool.submit(() -> {
            mine.start(kinds);
            return Processes.ownPid();
        }));
    }
}
