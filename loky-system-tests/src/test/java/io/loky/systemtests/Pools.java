/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.WorkerSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Makes pools for tests, closes them afterwards, and checks that nothing is left: no worker, no worker's directory, no file of a broadcast, no
 * thread that would keep this JVM alive, no word on the console that no task printed, no warning in the log.
 *
 * <p>Register it as an instance field for pools that belong to one test, as a static field for pools that belong to all
 * tests of a class.
 */
public final class Pools implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
    private final List<ProcessPoolExecutor> pools = new ArrayList<>();
    private final Console console = new Console();
    private final LogWatch log = new LogWatch();
    private boolean perClass;
    private boolean mayPrint;
    private boolean mayWarn;

    // ---- for tests --------------------------------------------------------------------------------------------------

    /** A pool whose idle workers stay, however busy this machine is. */
    public ProcessPoolExecutor create(int maxWorkers) {
        return create(ProcessPoolOptions.builder()
                .maxWorkers(maxWorkers)
                .idleTimeout(Duration.ofHours(1))
                .build());
    }

    public ProcessPoolExecutor create(ProcessPoolOptions options) {
        return closed(ProcessPoolExecutor.create(options));
    }

    /** Sees to it that this pool, too, is closed afterwards. */
    ProcessPoolExecutor closed(ProcessPoolExecutor pool) {
        synchronized (pools) {
            pools.add(pool);
        }
        return pool;
    }

    /** A pool with all its workers ready. */
    public ProcessPoolExecutor warm(int workers) throws Exception {
        ProcessPoolExecutor pool = create(workers);
        pool.prestart();
        awaitIdle(pool, workers);
        return pool;
    }

    /** Until so many workers, and no others, are there and wait for a task. */
    public static void awaitIdle(ProcessPoolExecutor pool, int workers) throws Exception {
        Await.until(
                workers + " idle workers",
                () -> {
                    List<WorkerSnapshot> now = pool.snapshot().workers();
                    return now.size() == workers
                            && now.stream().allMatch(worker -> worker.state() == WorkerSnapshot.State.IDLE);
                },
                () -> pool.snapshot().toString());
    }

    /** Now, for a test that has to clean up behind its workers. */
    void closeAll() throws InterruptedException {
        closePools();
    }

    /** The pids of all workers that have a process. */
    static Set<Long> pids(ProcessPoolExecutor pool) {
        Set<Long> pids = new TreeSet<>();
        pool.snapshot().workers().forEach(worker -> worker.pid().ifPresent(pids::add));
        return pids;
    }

    /** How many workers have ended for this reason. */
    static long ended(ProcessPoolExecutor pool, EndReason reason) {
        return pool.snapshot().endedWorkers().getOrDefault(reason, 0L);
    }

    /** The exception of a future that has to fail. */
    public static Throwable failure(TaskFuture<?> future) throws Exception {
        Await.until("done: " + future, future::isDone);
        assertThat(future.status()).as("status of %s", future).isEqualTo(TaskFuture.Status.FAILED);
        return future.exceptionNow();
    }

    /** Ten further tasks succeed. */
    public static void assertServes(ProcessPoolExecutor pool) throws Exception {
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            futures.add(pool.submitWith(number -> number + 1, i));
        }
        for (int i = 0; i < 10; i++) {
            assertThat(Await.result(futures.get(i))).isEqualTo(i + 1);
        }
    }

    /** This test lets tasks print, or programs that do. */
    Console console() {
        mayPrint = true;
        return console;
    }

    /** This test lets the library log warnings. */
    public LogWatch log() {
        mayWarn = true;
        return log;
    }

    // ---- for JUnit --------------------------------------------------------------------------------------------------

    @Override
    public void beforeAll(ExtensionContext context) {
        beginClass();
    }

    /** For an extension that has pools among other things. */
    public void beginClass() {
        perClass = true;
        begin();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (!perClass) {
            begin();
        }
    }

    private void begin() {
        console.take();
        log.attach();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        if (!perClass) {
            end();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (perClass) {
            endClass();
        }
    }

    /** For an extension that has pools among other things. */
    public void endClass() throws Exception {
        end();
    }

    private void end() throws Exception {
        try {
            closePools();
            assertNothingIsLeft();
        } finally {
            log.detach();
            console.giveBack();
            Processes.workersBelowThisJvm().forEach(Processes::killIfAlive); // not into the next test
        }
        if (!mayPrint) {
            assertThat(console.all()).as("what the library printed").isEmpty();
        }
        assertThat(log.at(Level.SEVERE)).as("errors that the library logged").isEmpty();
        if (!mayWarn) {
            assertThat(log.at(Level.WARNING))
                    .as("warnings that the library logged")
                    .isEmpty();
        }
    }

    private void closePools() throws InterruptedException {
        List<ProcessPoolExecutor> all;
        synchronized (pools) {
            all = List.copyOf(pools);
            pools.clear();
        }
        all.forEach(pool -> pool.shutdown(true));
        for (ProcessPoolExecutor pool : all) {
            assertThat(pool.awaitTermination(60, TimeUnit.SECONDS))
                    .as("terminated: %s", pool)
                    .isTrue();
            assertThat(pool.snapshot().workers()).as("workers of %s", pool).isEmpty();
            assertThat(pool.snapshot().state()).isEqualTo(PoolSnapshot.State.TERMINATED);
        }
    }

    private static void assertNothingIsLeft() throws Exception {
        Await.untilWithin(
                5,
                "no worker is left",
                () -> Processes.workersBelowThisJvm().isEmpty(),
                () -> Processes.workersBelowThisJvm().stream()
                        .map(pid -> pid + ": " + Processes.commandLine(pid))
                        .toList()
                        .toString());
        assertThat(Processes.directoriesOf(Processes.ownPid()))
                .as("directories of workers")
                .isEmpty();
        assertThat(Processes.sharedFilesOf(Processes.ownPid()))
                .as("files of broadcasts")
                .isEmpty();
        Await.until(
                "no thread keeps the JVM alive",
                () -> nonDaemons().isEmpty(),
                () -> nonDaemons().toString());
    }

    private static List<Thread> nonDaemons() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("loky-") && !thread.isDaemon())
                .toList();
    }

    /** What is printed in this JVM while a test runs. */
    static final class Console {
        private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        private final PrintStream realOut = System.out;
        private final PrintStream realErr = System.err;

        private void take() {
            outBytes.reset();
            errBytes.reset();
            System.setOut(new PrintStream(outBytes, true, UTF_8));
            System.setErr(new PrintStream(errBytes, true, UTF_8));
        }

        private void giveBack() {
            System.setOut(realOut);
            System.setErr(realErr);
        }

        String out() {
            return outBytes.toString(UTF_8);
        }

        String err() {
            return errBytes.toString(UTF_8);
        }

        private String all() {
            return out() + err();
        }
    }

    /** What the library logs while a test runs. */
    public static final class LogWatch extends Handler {
        private final Logger logger = Logger.getLogger("io.loky");
        private final List<LogRecord> records = new ArrayList<>();

        private void attach() {
            logger.addHandler(this);
            logger.setUseParentHandlers(false);
        }

        private void detach() {
            logger.removeHandler(this);
            logger.setUseParentHandlers(true);
        }

        @Override
        public synchronized void publish(LogRecord record) {
            records.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}

        /** The messages of exactly this level, with what they are about. */
        public synchronized List<String> at(Level level) {
            return records.stream()
                    .filter(record -> record.getLevel().equals(level))
                    .map(record -> record.getMessage() + (record.getThrown() == null ? "" : ": " + record.getThrown()))
                    .toList();
        }
    }
}
