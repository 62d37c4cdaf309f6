/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.OutputRouting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class OutputDrainTest {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String BANNER = "# A fatal error has been detected by the Java Runtime Environment:";

    private final ByteArrayOutputStream forwarded = new ByteArrayOutputStream();
    private final String threadName = "output-drain-test-" + NUMBER.incrementAndGet();
    private final Script worker = new Script();
    private PrintStream systemErr;

    @BeforeEach
    void catchSystemErr() {
        systemErr = System.err;
        System.setErr(new PrintStream(forwarded, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restoreSystemErr() {
        System.setErr(systemErr);
    }

    @Test
    void drain_linesOfAReadyWorker_areForwardedUnchangedAndRemembered() throws Exception {
        OutputDrain drain = start(OutputRouting.inherit());
        drain.forward();
        worker.prints("one\ntwo \n\n");
        worker.prints("th");
        worker.prints("ree\n");

        assertThat(finish(drain)).containsExactly("one", "two", "", "three");
        assertThat(forwarded()).isEqualTo("one\ntwo \n\nthree\n");
    }

    @Test
    void drain_linesBeforeReady_areRememberedAndNotForwarded() throws Exception {
        OutputDrain drain = start(OutputRouting.inherit());
        worker.prints("warning: of the JVM\n");
        drain.forward();
        worker.prints("of the task\n");

        assertThat(finish(drain)).containsExactly("warning: of the JVM", "of the task");
        assertThat(forwarded()).isEqualTo("of the task\n");
    }

    @Test
    void drain_discard_remembersOnly() throws Exception {
        OutputDrain drain = start(OutputRouting.discard());
        drain.forward();
        worker.prints("text\n");

        assertThat(finish(drain)).containsExactly("text");
        assertThat(forwarded()).isEmpty();
    }

    @Test
    void drain_lastLineWithoutEnd_isForwardedAtTheEnd() throws Exception {
        OutputDrain drain = start(OutputRouting.inherit());
        drain.forward();
        worker.prints("no newline");

        assertThat(finish(drain)).containsExactly("no newline");
        assertThat(forwarded()).isEqualTo("no newline");
    }

    @Test
    void drain_windowsLineEnds_areForwardedUnchangedAndRememberedWithoutThem() throws Exception {
        OutputDrain drain = start(OutputRouting.inherit());
        drain.forward();
        worker.prints("one\r\ntwo\r\n");

        assertThat(finish(drain)).containsExactly("one", "two");
        assertThat(forwarded()).isEqualTo("one\r\ntwo\r\n");
    }

    @Test
    void drain_bannerOfAFatalError_isRememberedAndNotForwarded() throws Exception {
        OutputDrain drain = start(OutputRouting.inherit());
        drain.forward();
        worker.prints("of the task\n#\n" + BANNER + "\n#\n#  SIGSEGV (0xb)\n");

        assertThat(finish(drain)).containsExactly("of the task", "#", BANNER, "#", "#  SIGSEGV (0xb)");
        assertThat(forwarded()).isEqualTo("of the task\n");
    }

    @Test
    void drain_loneHashesOfATask_areForwardedInOrder() throws Exception {
        OutputDrain drain = start(OutputRouting.inherit());
        drain.forward();
        worker.prints("#\n");
        worker.prints("#\n# heading\n#\n");

        assertThat(finish(drain)).containsExactly("#", "#", "# heading", "#");
        assertThat(forwarded()).isEqualTo("#\n#\n# heading\n#\n");
    }

    @Test
    void drain_lineLongerThanTheBuffer_isForwardedInPiecesBeforeItEnds() throws Exception {
        String line = "0123456789".repeat(2_000);
        OutputDrain drain = start(OutputRouting.inherit());
        drain.forward();
        worker.prints(line);

        assertThat(forwarded()).as("while the line goes on").isEqualTo(line.substring(0, 16 * 1024));
        worker.prints("end\n");
        List<String> lines = finish(drain);
        assertThat(String.join("", lines)).isEqualTo(line + "end");
        assertThat(lines).allSatisfy(piece -> assertThat(piece.length()).isLessThanOrEqualTo(8 * 1024));
        assertThat(forwarded()).isEqualTo(line + "end\n");
    }

    @Test
    void finish_manyLines_givesTheLast() throws Exception {
        OutputDrain drain = start(OutputRouting.discard());
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= 1_000; i++) {
            text.append("line ").append(i).append('\n');
        }
        worker.prints(text.toString());

        assertThat(finish(drain)).hasSize(60).startsWith("line 941").endsWith("line 1000");
    }

    /** A process that the worker started may hold its pipe open: what there is so far must do. */
    @Test
    void lastLines_pipeThatStaysOpen_areWhatThereIs() throws Exception {
        OutputDrain drain = start(OutputRouting.discard());
        worker.prints("so far\n");

        assertThat(drain.awaitEnd(1)).isFalse();
        for (int i = 0; i < 6_000 && drain.lastLines().isEmpty(); i++) {
            assertThat(drain.awaitEnd(10)).isFalse(); // the drain's own thread has to come so far
        }
        assertThat(drain.lastLines()).containsExactly("so far");
        worker.ends();
    }

    @Test
    void drain_streamThatBreaks_keepsWhatWasRead() throws Exception {
        OutputDrain drain = start(OutputRouting.inherit());
        drain.forward();
        worker.prints("before\nhalf");
        worker.breaks();

        assertThat(finish(drain)).containsExactly("before", "half");
        assertThat(forwarded()).isEqualTo("before\nhalf");
    }

    private OutputDrain start(OutputRouting routing) {
        return OutputDrain.start(worker, routing, threadName);
    }

    /** Ends the stream, waits for the drain's thread, which on a busy machine may take its time, and asks. */
    private List<String> finish(OutputDrain drain) throws InterruptedException {
        worker.ends();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals(threadName)) {
                thread.join();
            }
        }
        assertThat(drain.awaitEnd(1)).isTrue();
        return drain.lastLines();
    }

    private String forwarded() {
        return forwarded.toString(StandardCharsets.UTF_8);
    }

    /** A pipe of which the writer knows when all of it was taken. */
    private static final class Script extends InputStream {
        private static final byte[] END = {};
        private static final byte[] BREAK = {};

        private final LinkedBlockingQueue<byte[]> parts = new LinkedBlockingQueue<>();
        private final Semaphore asksForMore = new Semaphore(0);
        private byte[] part = {0};
        private int at = 1;

        /** Returns when the reader has done with it and asks for more. */
        void prints(String text) throws InterruptedException {
            asksForMore.acquire(); // for the first part, or after the one before
            parts.add(text.getBytes(StandardCharsets.UTF_8));
            asksForMore.acquire();
            asksForMore.release();
        }

        void ends() {
            parts.add(END);
        }

        void breaks() {
            parts.add(BREAK);
        }

        @Override
        @SuppressWarnings("ArrayEquals")
        public int read() throws IOException {
            if (at == part.length) {
                asksForMore.release();
                try {
                    part = parts.take();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                at = 0;
            }
            if (part == BREAK) {
                throw new IOException("broken");
            }
            return part == END ? -1 : part[at++] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int b = read();
            if (b < 0) {
                return -1;
            }
            target[offset] = (byte) b;
            return 1;
        }
    }
}
