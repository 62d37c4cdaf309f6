/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.OutputRouting;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What tasks print goes where the options say, and can never damage a result. */
class WorkerOutputTest {
    private static final int LINES = 10_000;
    private static final String LINE = "x".repeat(99);

    @RegisterExtension
    final Pools pools = new Pools();

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
}
