/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.CrashReport;
import io.loky.ExecutorShutdownException;
import io.loky.WorkerStartException;
import io.loky.WorkerTerminatedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JarsInOrderTest {

    private final List<JarResult> results = new ArrayList<>();

    @Test
    void run_whateverIsDoneFirst_keepsTheOrder() throws Exception {
        List<Path> jars = jars(100);
        List<CompletableFuture<JarResult>> futures = new ArrayList<>();

        run(jars, 7, jar -> {
            futures.add(new CompletableFuture<>());
            assertThat(futures.size() - results.size()).isLessThanOrEqualTo(7);
            if (futures.size() >= 7) { // the first seven from the last to the first, the others as they come
                for (int i = futures.size() - 1; i >= 0; i--) {
                    futures.get(i).complete(damaged(jars.get(i)));
                }
            }
            return futures.get(futures.size() - 1);
        });

        assertThat(results)
                .extracting(JarResult::path)
                .isEqualTo(jars.stream().map(Path::toString).toList());
    }

    @Test
    void run_workerThatDies_losesItsJarOnly() throws Exception {
        CrashReport crash = crash();

        run(jars(3), 8, jar -> jar.endsWith("1.jar") ? failed(new WorkerTerminatedException(crash)) : done(jar));

        assertThat(results)
                .hasSize(3)
                .filteredOn(JarResult.Lost.class::isInstance)
                .hasSize(1);
        assertThat(results.get(1))
                .isEqualTo(new JarResult.Lost(
                        "1.jar", crash.describe().lines().findFirst().orElseThrow()));
    }

    @Test
    void run_taskThatFails_losesItsJarAndSaysWhoThrew() throws Exception {
        run(jars(1), 8, jar -> failed(new OutOfMemoryError("Java heap space\nand more")));

        assertThat(results).containsExactly(new JarResult.Lost("0.jar", "OutOfMemoryError: Java heap space"));
    }

    @Test
    void run_failureWithoutMessage_namesItsType() throws Exception {
        run(jars(1), 8, jar -> failed(new StackOverflowError()));

        assertThat(results).containsExactly(new JarResult.Lost("0.jar", "StackOverflowError"));
    }

    @Test
    void run_workersThatFailToStartNowAndThen_goesOn() throws Exception {
        run(jars(100), 8, jar -> jar.toString().endsWith("5.jar") ? done(jar) : failed(noWorker()));

        assertThat(results)
                .hasSize(100)
                .filteredOn(JarResult.Damaged.class::isInstance)
                .hasSize(10);
    }

    @Test
    void run_workersThatNeverStart_givesUp() {
        assertThatThrownBy(() -> run(jars(100), 8, jar -> failed(noWorker()))).isInstanceOf(WorkerStartException.class);

        assertThat(results).hasSizeLessThan(20);
    }

    @Test
    void run_poolThatIsShutDown_stopsAtOnce() {
        assertThatThrownBy(() -> run(jars(100), 8, jar -> failed(new ExecutorShutdownException("the end"))))
                .isInstanceOf(ExecutorShutdownException.class);

        assertThat(results).isEmpty();
    }

    @Test
    void run_sinkThatFails_cancelsWhatIsInFlight() {
        List<CompletableFuture<JarResult>> futures = new ArrayList<>();
        JarsInOrder inOrder = new JarsInOrder(
                8,
                jar -> {
                    futures.add(
                            futures.isEmpty()
                                    ? CompletableFuture.completedFuture(damaged(jar))
                                    : new CompletableFuture<>());
                    return futures.get(futures.size() - 1);
                },
                result -> {
                    throw new IOException("nobody reads");
                });

        assertThatThrownBy(() -> inOrder.run(jars(100))).isInstanceOf(IOException.class);
        assertThat(futures).hasSize(8);
        assertThat(futures.subList(1, 8)).allMatch(Future::isCancelled);
    }

    private void run(List<Path> jars, int maxInFlight, JarsInOrder.Submitter submitter)
            throws IOException, InterruptedException {
        new JarsInOrder(maxInFlight, submitter, results::add).run(jars);
    }

    private static List<Path> jars(int count) {
        return IntStream.range(0, count).mapToObj(i -> Path.of(i + ".jar")).toList();
    }

    private static JarResult damaged(Path jar) {
        return new JarResult.Damaged(jar.toString(), "test");
    }

    private static Future<JarResult> done(Path jar) {
        return CompletableFuture.completedFuture(damaged(jar));
    }

    private static Future<JarResult> failed(Throwable cause) {
        return CompletableFuture.failedFuture(cause);
    }

    private static WorkerStartException noWorker() {
        return new WorkerStartException("no java", null, List.of());
    }

    private static CrashReport crash() {
        return new CrashReport(
                CrashReport.Cause.KILLED_BY_SIGNAL,
                OptionalInt.of(137),
                Optional.of("SIGKILL"),
                4711,
                Duration.ofSeconds(3),
                17,
                OptionalLong.of(18),
                Optional.of("census of 1.jar"),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                List.of("its last line"),
                List.of());
    }
}
