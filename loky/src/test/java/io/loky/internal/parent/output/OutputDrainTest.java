/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.OutputLine;
import io.loky.OutputRouting;
import io.loky.TaskOutput;
import io.loky.internal.wire.OutputMark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
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
    private final OutputMark mark = OutputMark.random();
    private final List<OutputLine> lines = new CopyOnWriteArrayList<>();
    private PrintStream systemErr;
    private volatile boolean crashed;

    private final OutputDrain.Jvm jvm = new OutputDrain.Jvm() {
        @Override
        public boolean isAlive() {
            return !worker.hasEnded();
        }

        @Override
        public boolean hasCrashed() {
            return crashed;
        }
    };

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
        drain.forward(4711);
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
        drain.forward(4711);
        worker.prints("of the task\n");

        assertThat(finish(drain)).containsExactly("warning: of the JVM", "of the task");
        assertThat(forwarded()).isEqualTo("of the task\n");
    }

    @Test
    void drain_discard_remembersOnly() throws Exception {
        OutputDrain drain = start(OutputRouting.discard());
        drain.forward(4711);
        worker.prints("text\n");

        assertThat(finish(drain)).containsExactly("text");
        assertThat(forwarded()).isEmpty();
    }

    @Test
    void drain_lastLineWithoutEnd_isForwardedAtTheEnd() throws Exception {
        OutputDrain drain = start(OutputRouting.inherit());
        drain.forward(4711);
        worker.prints("no newline");

        assertThat(finish(drain)).containsExactly("no newline");
        assertThat(forwarded()).isEqualTo("no newline");
    }

    @Test
    void drain_windowsLineEnds_areForwardedUnchangedAndRememberedWithoutThem() throws Exception {
        OutputDrain drain = start(OutputRouting.inherit());
        drain.forward(4711);
        worker.prints("one\r\ntwo\r\n");

        assertThat(finish(drain)).containsExactly("one", "two");
        assertThat(forwarded()).isEqualTo("one\r\ntwo\r\n");
    }

    @Test
    void drain_bannerOfAFatalError_isRememberedAndNotForwarded() throws Exception {
        OutputDrain drain = start(OutputRouting.inherit());
        drain.forward(4711);
        crashed = true;
        worker.feeds(
                "of the task\n#\n", BANNER + "\n#\n", "#  SIGSEGV (0xb)\n[error occurred during error reporting]\n");

        assertThat(finish(drain))
                .containsExactly(
                        "of the task", "#", BANNER, "#", "#  SIGSEGV (0xb)", "[error occurred during error reporting]");
        assertThat(forwarded()).isEqualTo("of the task\n");
    }

    /** As a java process does that a task has started with inherited streams, and that crashes. */
    @Test
    void drain_bannerThatATaskPrints_isForwardedWithAllThatComesAfterIt() throws Exception {
        String banner = "#\n" + BANNER + "\n#\n#  SIGSEGV (0xb)\n#\n";
        OutputDrain drain = start(OutputRouting.inherit());
        drain.forward(4711);
        worker.prints(banner);
        assertThat(forwarded()).as("before more comes").isEqualTo(banner);
        worker.feeds(banner + "of the task\n", banner);

        finish(drain);
        assertThat(forwarded()).isEqualTo(banner + banner + "of the task\n" + banner);
    }

    @Test
    void drain_bannerThatATaskPrints_isTheTasks() throws Exception {
        String banner = "#\n" + BANNER + "\n";
        OutputDrain drain = startMarked(OutputRouting.capture(1_000));
        TaskPrints one = expect(drain, 1);
        TaskPrints two = expect(drain, 2);
        drain.forward(4711);
        worker.feeds(mark.begin(1));
        worker.feeds(banner);
        worker.feeds(mark.end(1), mark.begin(2));
        worker.feeds("two\n");
        worker.feeds(mark.end(2));

        finish(drain);
        assertThat(one.output().text()).isEqualTo(banner);
        assertThat(two.output().text()).isEqualTo("two\n");
    }

    @Test
    void drain_linesLikeABannerWithoutEnd_areForwarded() throws Exception {
        String text = "#\n" + BANNER + "\n" + "# more\n".repeat(1_000);
        OutputDrain drain = start(OutputRouting.inherit());
        drain.forward(4711);
        worker.feeds(text);

        finish(drain);
        assertThat(forwarded()).isEqualTo(text);
    }

    @Test
    void drain_lastWords_areRememberedAndNotForwarded() throws Exception {
        OutputDrain drain = startMarked(OutputRouting.callback(lines::add));
        drain.forward(4711);
        String drawn = HexFormat.of().formatHex(mark.begin(1), 1, 16);
        worker.feeds("loky worker: says a task\n", drawn + "loky worker: cannot go on\n", "of the task\n");

        assertThat(finish(drain))
                .containsExactly("loky worker: says a task", "loky worker: cannot go on", "of the task");
        assertThat(lines).containsExactly(line("loky worker: says a task", 0), line("of the task", 0));
    }

    @Test
    void drain_atItsEnd_closesTheStream() throws Exception {
        OutputDrain drain = start(OutputRouting.inherit());

        finish(drain);
        assertThat(worker.closed).isTrue();
    }

    @Test
    void drain_loneHashesOfATask_areForwardedInOrder() throws Exception {
        OutputDrain drain = start(OutputRouting.inherit());
        drain.forward(4711);
        worker.prints("#\n");
        worker.prints("#\n# heading\n#\n");

        assertThat(finish(drain)).containsExactly("#", "#", "# heading", "#");
        assertThat(forwarded()).isEqualTo("#\n#\n# heading\n#\n");
    }

    @Test
    void drain_lineLongerThanTheBuffer_isForwardedInPiecesBeforeItEnds() throws Exception {
        String line = "0123456789".repeat(2_000);
        OutputDrain drain = start(OutputRouting.inherit());
        drain.forward(4711);
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
        drain.forward(4711);
        worker.prints("before\nhalf");
        worker.breaks();

        assertThat(finish(drain)).containsExactly("before", "half");
        assertThat(forwarded()).isEqualTo("before\nhalf");
    }

    @Test
    void drain_prefix_standsBeforeEachLineAndEndsWhatHasNoEnd() throws Exception {
        OutputDrain drain = start(OutputRouting.inherit("${worker.number}/${worker.index}/${worker.pid}: "));
        drain.forward(4711);
        worker.prints("one\r\n\nno end");

        finish(drain);
        assertThat(forwarded()).isEqualTo("3/2/4711: one\r\n3/2/4711: \n3/2/4711: no end\n");
    }

    /** Bytes that are no text in any encoding pass through, behind a prefix too. */
    @Test
    void drain_binaryData_isForwardedUnchanged() throws Exception {
        byte[] data = new byte[30_000];
        new Random(1).nextBytes(data);
        OutputDrain drain = start(OutputRouting.inherit());
        drain.forward(4711);
        worker.prints(data);

        finish(drain);
        assertThat(forwarded.toByteArray()).isEqualTo(data);
    }

    @Test
    void drain_marks_tellTheTasksApart() throws Exception {
        OutputDrain drain = startMarked(OutputRouting.callback(lines::add).andCapture(100));
        TaskPrints one = expect(drain, 1);
        TaskPrints two = expect(drain, 2);
        drain.forward(4711);
        worker.prints("stray\n");
        worker.prints(mark.begin(1));
        worker.prints("one\nhalf");
        worker.prints(mark.end(1));
        worker.prints("between");
        worker.prints(mark.begin(2));
        worker.prints("two\n");
        worker.prints(mark.end(2));

        assertThat(finish(drain)).containsExactly("stray", "one", "half", "between", "two");
        assertThat(lines)
                .containsExactly(line("stray", 0), line("one", 1), line("half", 1), line("between", 0), line("two", 2));
        assertThat(one.output()).isEqualTo(new TaskOutput("one\nhalf", 0));
        assertThat(two.output()).isEqualTo(new TaskOutput("two\n", 0));
    }

    /** Where only the future wants it, what standard error gets is what was printed, half lines included. */
    @Test
    void drain_inheritAndCapture_forwardsUnchanged() throws Exception {
        OutputDrain drain = startMarked(OutputRouting.inherit().andCapture(100));
        expect(drain, 1);
        drain.forward(4711);
        worker.prints("half ");
        worker.prints(mark.begin(1));
        worker.prints("a line, ");
        worker.prints(mark.end(1));
        worker.prints("and its end\n");

        finish(drain);
        assertThat(forwarded()).isEqualTo("half a line, and its end\n");
    }

    /** The task died with its worker: what there was is its output. */
    @Test
    void drain_endInTheMiddleOfATask_keepsItsOutput() throws Exception {
        OutputDrain drain = startMarked(OutputRouting.capture(100));
        TaskPrints task = expect(drain, 1);
        drain.forward(4711);
        worker.prints(mark.begin(1));
        worker.prints("last wor");

        assertThat(finish(drain)).containsExactly("last wor");
        drain.awaitTask(1);
        assertThat(task.output().text()).isEqualTo("last wor");
    }

    @Test
    void awaitTask_markNotReadYet_waitsForIt() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch waiting = new CountDownLatch(1);
        OutputDrain drain = startMarked(OutputRouting.callback(line -> {
                    waiting.countDown();
                    awaitUninterruptibly(blocked);
                })
                .andCapture(100));
        TaskPrints task = expect(drain, 1);
        drain.forward(4711);
        worker.feeds(mark.begin(1), "one\n".getBytes(StandardCharsets.UTF_8), "two".getBytes(StandardCharsets.UTF_8));
        worker.feeds(mark.end(1));
        waiting.await();
        blocked.countDown();

        drain.awaitTask(1);

        assertThat(task.output().text()).isEqualTo("one\ntwo");
        finish(drain);
    }

    /** A listener that never returns, perhaps since it waits for the very answer, costs a second once. */
    @Test
    void awaitTask_listenerThatHangs_givesUpAndDoesNotWaitAgain() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        OutputDrain drain = startMarked(
                OutputRouting.callback(line -> awaitUninterruptibly(blocked)).andCapture(100));
        drain.forward(4711);
        worker.feeds("hang\n".getBytes(StandardCharsets.UTF_8));

        expect(drain, 1);
        drain.awaitTask(1);
        long before = System.nanoTime();
        for (int id = 2; id <= 600; id++) {
            expect(drain, id);
            drain.awaitTask(id);
        }

        assertThat(System.nanoTime() - before).isLessThan(TimeUnit.MINUTES.toNanos(1));
        assertThat(drain.awaitEnd(1)).isFalse();
        blocked.countDown();
        finish(drain);
    }

    @Test
    void drain_listenerThatThrows_getsTheNextLine() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        OutputDrain drain = startMarked(OutputRouting.callback(line -> {
            seen.add(line.text());
            throw new AssertionError("of the listener");
        }));
        drain.forward(4711);
        try (Warnings warnings = new Warnings()) {
            worker.prints("one\ntwo\n");

            finish(drain);
            assertThat(warnings.texts()).singleElement().asString().contains(threadName, "listener", "failed");
        }
        assertThat(seen).containsExactly("one", "two");
    }

    /** After the death of a worker: a slow listener gets the time that it needs for what is there. */
    @Test
    void awaitRest_listenerIsSlow_waitsAsLongAsThereIsMore() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        OutputDrain drain = startMarked(OutputRouting.callback(line -> awaitUninterruptibly(blocked)));
        drain.forward(4711);
        worker.feeds("slow\n".getBytes(StandardCharsets.UTF_8));
        worker.ends();

        assertThat(drain.awaitRest(1, 50)).as("while it blocks").isFalse();
        blocked.countDown();
        assertThat(drain.awaitRest(1, 60_000)).isTrue();
    }

    private OutputDrain start(OutputRouting routing) {
        return OutputDrain.start(worker, jvm, routing, OutputMark.silent(), 3, 2, threadName);
    }

    private OutputDrain startMarked(OutputRouting routing) {
        return OutputDrain.start(worker, jvm, routing, mark, 3, 2, threadName);
    }

    private static TaskPrints expect(OutputDrain drain, long id) {
        TaskPrints task = new TaskPrints(id, "task " + id, 100);
        drain.expect(task);
        return task;
    }

    /** A line of this task; of none if that is 0. */
    private static OutputLine line(String text, long task) {
        return task == 0
                ? new OutputLine(text, 3, 2, 4711, OptionalLong.empty(), Optional.empty())
                : new OutputLine(text, 3, 2, 4711, OptionalLong.of(task), Optional.of("task " + task));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
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

    /** What the drain warns of while this is open. */
    private static final class Warnings extends Handler implements AutoCloseable {
        private final Logger logger = Logger.getLogger("io.loky.worker");
        private final List<String> texts = new CopyOnWriteArrayList<>();

        Warnings() {
            logger.addHandler(this);
            logger.setUseParentHandlers(false);
        }

        List<String> texts() {
            return texts;
        }

        @Override
        public void publish(LogRecord record) {
            if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
                texts.add(record.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.setUseParentHandlers(true);
            logger.removeHandler(this);
        }
    }

    /** A pipe of which the writer knows when all of it was taken. */
    private static final class Script extends InputStream {
        private static final byte[] END = {};
        private static final byte[] BREAK = {};

        private final LinkedBlockingQueue<byte[]> parts = new LinkedBlockingQueue<>();
        private final Semaphore asksForMore = new Semaphore(0);
        private volatile boolean closed;
        private volatile byte[] part = {0};
        private int at = 1;

        /** Returns when the reader has done with it and asks for more. */
        void prints(String text) throws InterruptedException {
            prints(text.getBytes(StandardCharsets.UTF_8));
        }

        void prints(byte[] bytes) throws InterruptedException {
            asksForMore.acquire(); // for the first part, or after the one before
            parts.add(bytes);
            asksForMore.acquire();
            asksForMore.release();
        }

        /** Does not wait for the reader. */
        void feeds(byte[]... more) {
            parts.addAll(List.of(more));
        }

        void feeds(String... more) {
            for (String text : more) {
                parts.add(text.getBytes(StandardCharsets.UTF_8));
            }
        }

        boolean hasEnded() {
            return parts.contains(END) || part == END;
        }

        @Override
        public int available() {
            return part.length
                    - at
                    + parts.stream().mapToInt(more -> more.length).sum();
        }

        @Override
        public void close() {
            closed = true;
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
