/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.MapOptions;
import io.loky.OutputLine;
import io.loky.OutputListener;
import io.loky.OutputRouting;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.TaskOutput;
import io.loky.WorkerTerminatedException;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What tasks print goes where the options say, and can never damage a result. */
class WorkerOutputTest {
    private static final int LINES = 10_000;
    private static final String LINE = "x".repeat(99);

    private static final int LIMIT = 64 * 1024;

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** A megabyte on each stream arrives whole on the parent's standard error, and nothing on its standard output. */
    @Test
    void inherit_megabyteOnBothStreams_arrivesWhole() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        int result = Await.result(pool.submit(() -> {
            for (int i = 0; i < LINES; i++) {
                System.out.println(LINE);
                System.err.println(LINE);
            }
            System.err.println("the end");
            return 5;
        }));

        assertThat(result).isEqualTo(5);
        Await.until("all is printed", () -> pools.console().err().contains("the end"));
        assertThat(pools.console().err().lines().filter(LINE::equals).count()).isEqualTo(2 * LINES);
        assertThat(pools.console().out()).isEmpty();
        Pools.assertServes(pool);
    }

    /** Discarded output is read, so that nobody waits for it, and not printed. */
    @Test
    void discard_megabyteOnBothStreams_isThrownAway() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .output(OutputRouting.discard())
                .build());

        int result = Await.result(pool.submit(() -> {
            for (int i = 0; i < LINES; i++) {
                System.out.println(LINE);
                System.err.println(LINE);
            }
            return 5;
        }));

        assertThat(result).isEqualTo(5);
        pool.close(); // and the extension sees that nothing was printed
    }

    /** Bytes written around Java's streams, on the descriptor that other pools use for their protocol, harm nothing. */
    @Test
    void fileDescriptors1And2_rawBytes_resultIsCorrect() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        String result = Await.result(pool.submit(() -> {
            byte[] garbage = new byte[100_000];
            for (int i = 0; i < garbage.length; i++) {
                garbage[i] = (byte) i;
            }
            FileOutputStream one = new FileOutputStream(FileDescriptor.out);
            FileOutputStream two = new FileOutputStream(FileDescriptor.err);
            one.write(garbage);
            two.write(garbage);
            one.write("\nraw end\n".getBytes(StandardCharsets.UTF_8));
            return "fine";
        }));

        assertThat(result).isEqualTo("fine");
        Await.until("it is printed", () -> pools.console().err().contains("raw end"));
        Pools.assertServes(pool);
    }

    /** A task that closes both streams returns its result, and so do the next ones on the same worker. */
    @Test
    void close_ofSystemOutAndErr_resultIsCorrect() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        long pid = Await.result(pool.submit(() -> {
            System.out.close();
            System.err.close();
            return ProcessHandle.current().pid();
        }));

        Pools.assertServes(pool);
        assertThat(Pools.pids(pool)).containsExactly(pid);
        assertThat(Await.result(pool.submit(() -> {
                    System.out.println("into nothing");
                    return 6;
                })))
                .isEqualTo(6);
    }

    /** A process that a task starts with inherited streams prints like the task. */
    @Test
    void inheritIo_processOfATask_printsLikeTheTask() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        int exitCode = Await.result(pool.submit(() -> new ProcessBuilder("echo", "from a grandchild")
                .inheritIO()
                .start()
                .waitFor()));

        assertThat(exitCode).isZero();
        Await.until("it is printed", () -> pools.console().err().contains("from a grandchild"));
    }

    /**
     * Ten megabytes, bytes around Java's streams, a process of the task's own, both streams closed: the result is right, every
     * line arrives in its order under the name of its task, and the future has the end of it.
     */
    @Test
    void callbackAndCapture_everyKindOfOutput_arrivesWholeAndAttributed() throws Exception {
        Lines lines = new Lines();
        ProcessPoolExecutor pool = pool(OutputRouting.callback(lines).andCapture(LIMIT));
        int many = 100_000;

        TaskFuture<Integer> future = pool.submit(
                () -> {
                    for (int i = 0; i < many; i++) {
                        System.out.println(LINE);
                    }
                    try (FileOutputStream one = new FileOutputStream(FileDescriptor.out);
                            FileOutputStream two = new FileOutputStream(FileDescriptor.err)) {
                        one.write("raw on 1\n".getBytes(StandardCharsets.UTF_8));
                        two.write("raw on 2\n".getBytes(StandardCharsets.UTF_8));
                        int exitCode = new ProcessBuilder("echo", "from a process")
                                .inheritIO()
                                .start()
                                .waitFor();
                        System.err.print("no end");
                        System.out.close();
                        System.err.close();
                        return exitCode;
                    }
                },
                TaskOptions.named("loud"));

        assertThat(Await.result(future)).isZero();
        String end = "raw on 1\nraw on 2\nfrom a process\nno end";
        int total = many * (LINE.length() + 1) + end.length();
        Await.until(
                "all is read", () -> future.output().orElseThrow().text().endsWith(end)); // with the result, or late
        TaskOutput output = future.output().orElseThrow();
        assertThat(output.text()).hasSize(LIMIT).endsWith(LINE + "\n" + end);
        assertThat(output.droppedBytes()).isEqualTo(total - LIMIT);
        Await.until("all is there", () -> lines.all.size() == many + 4);
        assertThat(lines.texts().subList(0, many)).containsOnly(LINE);
        assertThat(lines.texts().subList(many, many + 4))
                .containsExactly("raw on 1", "raw on 2", "from a process", "no end");
        long pid = Pools.pids(pool).iterator().next();
        assertThat(lines.all).allSatisfy(line -> {
            assertThat(line.taskId()).hasValue(future.taskId());
            assertThat(line.taskName()).hasValue("loud");
            assertThat(line.workerPid()).isEqualTo(pid);
            assertThat(line.workerNumber()).isEqualTo(1);
            assertThat(line.workerIndex()).isZero();
        });
        TaskFuture<?> next = pool.submit(() -> System.out.println("into nothing"));
        Await.result(next);
        assertThat(next.output()).hasValue(new TaskOutput("", 0));
        Pools.assertServes(pool);
    }

    /** The marks have a way of their own: a task that closes the stream that they share the pipe with changes nothing. */
    @Test
    void capture_afterATaskClosedSystemErr_tellsTheNextTasksApart() throws Exception {
        ProcessPoolExecutor pool = pool(OutputRouting.capture(LIMIT));

        Await.result(pool.submit(() -> System.err.close()));
        TaskFuture<?> one = pool.submit(() -> System.out.println("one"));
        TaskFuture<?> two = pool.submit(() -> System.out.print("two"));
        TaskFuture<?> three = pool.submit(() -> 3);

        Await.result(three);
        assertThat(one.output()).hasValue(new TaskOutput("one\n", 0));
        assertThat(two.output()).hasValue(new TaskOutput("two", 0));
        assertThat(three.output()).hasValue(new TaskOutput("", 0));
    }

    /** A task may put a stream with a buffer in place of the standard one: what is in the buffer is the task's. */
    @Test
    void capture_bufferedStreamOfATask_isFlushedWithIt() throws Exception {
        ProcessPoolExecutor pool = pool(OutputRouting.capture(LIMIT));

        TaskFuture<?> one = pool.submit(() -> {
            System.setOut(new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)), false));
            System.out.print("buffered");
        });

        Await.result(one);
        assertThat(one.output()).hasValue(new TaskOutput("buffered", 0));
    }

    /** The streams that workers have in place of the JDK's speak as those would. */
    @Test
    void capture_encodingChosenByFlags_isThatOfTheStreams() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .jvmArgs(List.of("-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8"))
                .output(OutputRouting.capture(LIMIT))
                .build());

        TaskFuture<?> printing = pool.submit(() -> {
            System.out.println("gr\u00fcn");
            System.err.println("\u20ac");
        });

        Await.result(printing);
        assertThat(printing.output()).hasValue(new TaskOutput("gr\u00fcn\n\u20ac\n", 0));
    }

    /** Also one that failed by itself, and one that was ended by force. */
    @Test
    void capture_taskThatFailsOrIsCancelled_hasItsOutput() throws Exception {
        ProcessPoolExecutor pool = pool(OutputRouting.capture(LIMIT));
        TaskFuture<?> thrown = pool.submit(() -> {
            System.out.println("before the exception");
            throw new IOException("x");
        });
        assertThat(Pools.failure(thrown)).isExactlyInstanceOf(IOException.class);
        assertThat(thrown.output()).hasValue(new TaskOutput("before the exception\n", 0));

        TaskFuture<?> hanging = pool.submit(() -> {
            System.out.println("hanging");
            Thread.sleep(600_000);
        });
        Await.until("it prints", () -> !hanging.output().orElseThrow().text().isEmpty());
        assertThat(hanging.cancel(true)).isTrue();
        assertThat(hanging.output()).hasValue(new TaskOutput("hanging\n", 0));
    }

    /** Nobody asked for it: there is none. */
    @Test
    void output_ofATaskWhoseOutputIsNotKept_isEmpty() throws Exception {
        TaskFuture<?> future = pool(OutputRouting.callback(new Lines())).submit(() -> System.out.println("text"));

        Await.result(future);
        assertThat(future.output()).isEmpty();
    }

    /** A thread that a task leaves behind prints as whichever task is executed then, or as none. */
    @Test
    void callback_threadThatATaskLeftBehind_printsAsTheTaskThatIsExecuted() throws Exception {
        Lines lines = new Lines();
        ProcessPoolExecutor pool = pool(OutputRouting.callback(lines));
        Gate first = new Gate(folder, "first");
        Gate second = new Gate(folder, "second");
        TaskFuture<?> leaving = pool.submit(() -> {
            Thread thread = new Thread(() -> {
                first.await();
                System.out.println("between");
                second.await();
                System.out.println("meanwhile");
            });
            thread.setDaemon(true);
            thread.start();
        });
        Await.result(leaving);
        first.open();
        Await.until("it printed", () -> lines.texts().contains("between"));
        TaskFuture<?> executed = pool.submit(() -> {
            second.open();
            Thread.sleep(600_000);
        });
        Await.until("it printed again", () -> lines.texts().contains("meanwhile"));

        assertThat(lines.of("between").taskId()).isEmpty();
        assertThat(lines.of("meanwhile").taskId()).hasValue(executed.taskId());
    }

    /** Whatever print and write have returned from is there, up to the last byte of 64 KB, and so is the report's part. */
    @Test
    void haltAfterOutput_everyByte_isDelivered() throws Exception {
        Lines lines = new Lines();
        ProcessPoolExecutor pool = pool(OutputRouting.callback(lines).andCapture(LIMIT));
        TaskFuture<?> halting = pool.submit(() -> {
            for (int i = 0; i < 600; i++) {
                System.out.println(LINE);
            }
            System.err.print("to the ");
            System.out.write("last by".getBytes(StandardCharsets.UTF_8));
            System.out.write('t');
            System.out.write('e');
            Runtime.getRuntime().halt(3);
        });

        assertEndsWith(halting, lines, "to the last byte");
        assertThat(lines.texts()).hasSize(601);
        assertThat(halting.output().orElseThrow().text()).hasSize(600 * 100 + "to the last byte".length());
    }

    @Test
    void killAfterOutput_everyByte_isDelivered() throws Exception {
        Lines lines = new Lines();
        ProcessPoolExecutor pool = pool(OutputRouting.callback(lines).andCapture(LIMIT));
        TaskFuture<?> killed = pool.submit(() -> {
            System.out.print("last word");
            System.out.write('s');
            new ProcessBuilder(
                            "kill", "-9", Long.toString(ProcessHandle.current().pid()))
                    .start();
            Thread.sleep(600_000);
        });

        assertEndsWith(killed, lines, "last words");
    }

    /** How a pool ends the worker of a task that runs. */
    private enum Stop {
        CANCEL,
        TIME_LIMIT,
        SHUTDOWN_NOW
    }

    /** The pool's own kill loses nothing either, and the end of the worker does not wait for a listener that is slow. */
    @ParameterizedTest
    @EnumSource(Stop.class)
    void stopAfterOutput_listenerIsSlow_everyLineIsDelivered(Stop how) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Lines lines = new Lines();
        ProcessPoolExecutor pool = pool(OutputRouting.callback(line -> {
                    await(release);
                    lines.onLine(line);
                })
                .andCapture(LIMIT));
        Gate printed = new Gate(folder, "printed");
        TaskFuture<?> running = pool.submit(
                () -> {
                    for (int i = 0; i < 600; i++) {
                        System.out.println(LINE);
                    }
                    printed.open();
                    while (true) { // does not listen
                        Thread.onSpinWait();
                    }
                },
                how == Stop.TIME_LIMIT
                        ? TaskOptions.defaults().timeout(Duration.ofSeconds(3))
                        : TaskOptions.defaults());
        printed.await();

        switch (how) {
            case CANCEL -> assertThat(running.cancel(true)).isTrue();
            case TIME_LIMIT -> Pools.failure(running);
            case SHUTDOWN_NOW -> {
                pool.shutdownNow();
                assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            }
        }
        Await.until(
                "the worker has ended",
                () -> pool.snapshot().workers().stream().noneMatch(worker -> worker.number() == 1));

        assertThat(lines.all).isEmpty();
        release.countDown();
        Await.until("all is there", () -> lines.all.size() == 600);
        assertThat(lines.texts()).containsOnly(LINE);
        assertThat(running.output().orElseThrow().text()).hasSize(600 * 100);
    }

    /** A program that exits when it has the result: what the task printed comes first, though the listener takes a while. */
    @Test
    void systemExit_afterTheResult_losesNoLine() throws Exception {
        try (ChildJvm program = ChildJvm.start(Exiting.class)) {
            assertThat(program.exitCode()).as(program::toString).isZero();
            assertThat(program.out().lines().filter(LINE::equals)).hasSize(600);
        }
    }

    /** What holds the output open does not hold up the exit. */
    @Test
    void systemExit_survivorHoldsTheOutput_endsInTime() throws Exception {
        try (ChildJvm program =
                ChildJvm.start(Exiting.class, folder.resolve("pid").toString())) {
            program.awaitOut("exits");
            long before = System.nanoTime();
            assertThat(program.exitCode()).as(program::toString).isZero();
            assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(10));
        } finally {
            Processes.killIfAlive(
                    Long.parseLong(Files.readString(folder.resolve("pid")).strip()));
        }
    }

    /** Its argument is a file for the pid of a process that survives its worker. */
    static final class Exiting {
        private Exiting() {}

        public static void main(String[] args) throws Exception {
            AtomicInteger counted = new AtomicInteger();
            ProcessPoolExecutor pool = ProcessPoolExecutor.create(ProcessPoolOptions.builder()
                    .maxWorkers(1)
                    .output(OutputRouting.callback(line -> {
                        if (counted.incrementAndGet() % 20
                                == 0) { // few waits, each of which a busy machine makes longer
                            LockSupport.parkNanos(5_000_000);
                        }
                        System.out.println(line.text());
                    }))
                    .build());
            int exitCode = pool.submit(() -> {
                        for (int i = 0; i < 600; i++) {
                            System.out.println(LINE);
                        }
                        return args.length == 0
                                ? 0
                                : new ProcessBuilder(
                                                "setsid",
                                                "--fork",
                                                "sh",
                                                "-c",
                                                "echo $$ >$0.new; mv $0.new $0; exec sleep 600",
                                                args[0])
                                        .inheritIO()
                                        .start()
                                        .waitFor();
                    })
                    .get();
            while (args.length > 0 && !Files.exists(Path.of(args[0]))) {
                Thread.onSpinWait();
            }
            System.out.println("exits");
            System.exit(exitCode);
        }
    }

    /** With the failure of its future comes all that the task printed. */
    private static void assertEndsWith(TaskFuture<?> future, Lines lines, String lastLine) throws Exception {
        WorkerTerminatedException failure = (WorkerTerminatedException) Pools.failure(future);
        assertThat(lines.texts()).endsWith(lastLine);
        assertThat(lines.of(lastLine).taskId()).hasValue(future.taskId());
        assertThat(failure.report().output()).endsWith(lastLine);
        assertThat(future.output().orElseThrow().text()).endsWith(lastLine);
    }

    @Test
    void inherit_haltAfterOutput_isPrinted() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<?> halting = pool.submit(() -> {
            System.out.write('!');
            Runtime.getRuntime().halt(3);
        });

        Pools.failure(halting);
        assertThat(pools.console().err()).isEqualTo("!");
    }

    @Test
    void prefixed_linesOfTwoWorkers_tellWorkerAndTask() throws Exception {
        ProcessPoolExecutor pool = pool(OutputRouting.prefixed());

        TaskFuture<?> one = pool.submit(() -> System.out.println("one"));
        Await.result(one);
        TaskFuture<?> halting = pool.submit(() -> {
            System.out.print("two");
            Runtime.getRuntime().halt(3);
        });
        Pools.failure(halting);
        TaskFuture<?> three = pool.submit(() -> System.out.println("three"));
        Await.result(three);

        Await.until("it is printed", () -> pools.console().err().contains("three"));
        assertThat(pools.console().err())
                .isEqualTo("[worker 1, task " + one.taskId() + "] one\n[worker 1, task " + halting.taskId()
                        + "] two\n[worker 2, task " + three.taskId() + "] three\n");
    }

    /** What items print is their task's. Nothing of it is kept, as there is no future that could be asked for it. */
    @Test
    void callbackAndCapture_map_linesTellTheirTask() throws Exception {
        Lines lines = new Lines();
        ProcessPoolExecutor pool = pool(OutputRouting.callback(lines).andCapture(LIMIT));

        try (Stream<Integer> results = pool.map(
                number -> {
                    System.out.println("item " + number);
                    return number;
                },
                List.of(1, 2, 3),
                MapOptions.chunkSize(2))) {
            assertThat(results).containsExactly(1, 2, 3);
        }

        Await.until("all is read", () -> lines.all.size() == 3);
        assertThat(lines.texts()).containsExactly("item 1", "item 2", "item 3");
        assertThat(lines.all).allSatisfy(line -> assertThat(line.taskName()).isPresent());
        assertThat(lines.all.stream().map(line -> line.taskId().orElseThrow()).distinct())
                .as("of two chunks")
                .hasSize(2);
    }

    @Test
    void logger_lines_areRecordsThatNameWorkerAndTask() throws Exception {
        ProcessPoolExecutor pool =
                pool(OutputRouting.logger(System.getLogger("io.loky.systemtests.output"), System.Logger.Level.INFO));

        TaskFuture<?> task = pool.submit(() -> System.out.println("{0} text"), TaskOptions.named("printing"));
        Await.result(task);

        Await.until("it is logged", () -> !pools.log().at(Level.INFO).isEmpty());
        assertThat(pools.log().at(Level.INFO))
                .containsExactly("worker 1 (pid " + task.workerPid().orElseThrow() + "), task #" + task.taskId()
                        + " 'printing': {0} text");
    }

    @Test
    void callback_thatThrows_isLoggedOnceAndGetsAllLines() throws Exception {
        Lines lines = new Lines();
        ProcessPoolExecutor pool = pool(OutputRouting.callback(line -> {
            lines.onLine(line);
            throw new IllegalStateException("of the listener");
        }));

        Await.result(pool.submit(() -> {
            System.out.println("one");
            System.out.println("two");
        }));

        Await.until("both are there", () -> lines.all.size() == 2);
        Await.until("it is logged", () -> !pools.log().at(Level.WARNING).isEmpty());
        assertThat(pools.log().at(Level.WARNING)).singleElement().asString().contains("of the listener");
    }

    /** A listener that does not return holds up the one worker whose line it has, and no other. */
    @Test
    void callback_thatBlocks_delaysOnlyItsWorker() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Lines lines = new Lines();
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(2)
                .output(OutputRouting.callback(line -> {
                    lines.onLine(line);
                    if (line.text().equals("block")) {
                        await(release);
                    }
                }))
                .build());

        TaskFuture<?> blocking = pool.submit(() -> {
            System.out.println("block");
            for (int i = 0; i < LINES; i++) {
                System.out.println(LINE);
            }
        });
        Await.until("it blocks", () -> lines.texts().contains("block"));
        for (int i = 0; i < 10; i++) {
            Await.result(pool.submit(() -> System.out.println("of the other one")));
        }
        Await.until(
                "the others are there",
                () -> lines.texts().stream().filter("of the other one"::equals).count() == 10);
        assertThat(blocking.isDone()).isFalse();

        release.countDown();
        Await.result(blocking);
        Await.until("all is there", () -> lines.all.size() == LINES + 11);
    }

    private ProcessPoolExecutor pool(OutputRouting routing) {
        return pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .idleTimeout(Duration.ofHours(1))
                .output(routing)
                .build());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Keeps the lines. */
    private static final class Lines implements OutputListener {
        final Queue<OutputLine> all = new ConcurrentLinkedQueue<>();

        @Override
        public void onLine(OutputLine line) {
            all.add(line);
        }

        List<String> texts() {
            return all.stream().map(OutputLine::text).toList();
        }

        OutputLine of(String text) {
            return all.stream()
                    .filter(line -> line.text().equals(text))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
