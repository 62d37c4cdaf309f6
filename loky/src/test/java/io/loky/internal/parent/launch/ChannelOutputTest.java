/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChannelOutputTest {
    private static EncodedFrame frame(int length) throws Exception {
        FrameBuffer buffer = FrameBuffer.take();
        buffer.write(new byte[length]);
        return buffer.finish(FrameType.TASK, 1);
    }

    @Test
    void send_small_isWrittenOnTheCallingThread() throws Exception {
        List<Thread> writers = new ArrayList<>();
        ChannelOutput out = new ChannelOutput(frame -> writers.add(Thread.currentThread()));

        out.send(frame(10));
        out.send(frame(10));

        assertThat(writers).containsExactly(Thread.currentThread(), Thread.currentThread());
    }

    /** A pipe that a worker does not read is full of what was written aside: the next small frame would not fit. */
    @Test
    void send_smallAfterMuchAside_isNotWrittenOnTheCallingThreadUntilATaskIsAnswered() throws Exception {
        List<Thread> writers = Collections.synchronizedList(new ArrayList<>());
        Semaphore written = new Semaphore(0);
        ChannelOutput out = new ChannelOutput(frame -> {
            writers.add(Thread.currentThread());
            written.release();
        });

        out.sendAside(frame(20_000));
        out.sendAside(frame(20_000));
        out.send(frame(10));
        assertThat(written.tryAcquire(3, 30, TimeUnit.SECONDS)).isTrue();
        assertThat(writers.get(2)).isNotSameAs(Thread.currentThread());

        out.answered();
        untilWrittenHere(out, writers);
    }

    /** The thread from before may not have seen yet that nothing is left for it. */
    private static void untilWrittenHere(ChannelOutput out, List<Thread> writers) throws Exception {
        while (writers.get(writers.size() - 1) != Thread.currentThread()) {
            out.send(frame(10));
        }
    }

    /** A worker that does not read holds the thread that writes, and no other. */
    @Test
    void send_whileAnotherThreadIsStuck_isLeftToThatThread() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch all = new CountDownLatch(2);
        List<Long> written = Collections.synchronizedList(new ArrayList<>());
        ChannelOutput out = new ChannelOutput(frame -> {
            stuck.countDown();
            await(go);
            written.add(frame.length());
            all.countDown();
        });
        EncodedFrame large = frame(100_000);
        out.send(large); // on another thread
        await(stuck);

        out.send(frame(1));
        out.sendAside(frame(2));
        out.send(frame(3));
        assertThat(written).isEmpty();
        go.countDown();
        await(all);

        long header = large.length() - 100_000;
        assertThat(written)
                .as("the small ones that wait are written together")
                .containsExactly(large.length(), 3 * header + 1 + 2 + 3);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
