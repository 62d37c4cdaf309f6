/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class CompletionThreadsTest {
    private static final int NEVER_IDLE_MILLIS = 600_000;

    private final Factory factory = new Factory();
    private final CompletionThreads threads = new CompletionThreads(factory, NEVER_IDLE_MILLIS);
    private final long start = System.nanoTime();

    @Test
    void run_manyThatDoNotBlock_shareAFewThreads() throws Exception {
        int many = 20_000;
        CountDownLatch all = new CountDownLatch(many);
        for (int i = 0; i < many; i++) {
            threads.run(all::countDown);
        }
        all.await();

        assertThat(factory.made.size()).isBetween(1, Math.min(many / 2, mostThreads()));
    }

    @Test
    void run_manyThatWaitForOneAnother_allGetAThread() throws Exception {
        int parties = 200;
        CountDownLatch all = new CountDownLatch(parties);
        CountDownLatch done = new CountDownLatch(parties);
        for (int i = 0; i < parties; i++) {
            threads.run(() -> {
                all.countDown();
                await(all);
                done.countDown();
            });
        }
        done.await();

        assertThat(factory.made.size()).isBetween(parties, mostThreads());
    }

    /** One thread is added in each period of patience, at most: that holds on a busy machine, too. */
    private int mostThreads() {
        long periods = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) / CompletionThreads.PATIENCE_MILLIS;
        return Math.toIntExact(CompletionThreads.FEW + periods);
    }

    /** The thread that was added for one who waits serves what comes after: only the first of those pays for the wait. */
    @Test
    void run_behindMoreThanAFewThatBlock_stillRuns() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch behind = new CountDownLatch(100);
        for (int i = 0; i < 2 * CompletionThreads.FEW; i++) {
            threads.run(() -> await(never));
        }
        for (int i = 0; i < 100; i++) {
            threads.run(behind::countDown);
        }
        behind.await();

        assertThat(never.getCount()).isOne();
        never.countDown();
    }

    @Test
    void run_oneThatThrows_doesNotHarmTheNext() throws Exception {
        CountDownLatch done = new CountDownLatch(Factory.FAILURES);
        for (int i = 0; i < Factory.FAILURES; i++) {
            threads.run(() -> {
                throw new IllegalStateException("on purpose");
            });
            threads.run(done::countDown);
        }
        done.await();

        factory.uncaught.await();
    }

    @Test
    void run_nothingMoreComes_threadsEnd() throws Exception {
        CompletionThreads brief = new CompletionThreads(factory, 50);
        for (int burst = 0; burst < 2; burst++) {
            CountDownLatch all = new CountDownLatch(100);
            for (int i = 0; i < 100; i++) {
                brief.run(all::countDown);
            }
            all.await();

            assertThat(factory.made).isNotEmpty();
            for (Thread thread = factory.made.poll(); thread != null; thread = factory.made.poll()) {
                thread.join();
            }
        }
    }

    @Test
    void run_noThreadCanBeStarted_runsOnTheCallingThread() {
        factory.exhausted = true;
        Thread[] ranOn = {null};
        Logger logger = Logger.getLogger("io.loky.pool");
        logger.setLevel(Level.OFF); // the warning is planned; it is not for the console of the build
        try {
            threads.run(() -> ranOn[0] = Thread.currentThread());
        } finally {
            logger.setLevel(null);
        }

        assertThat(ranOn[0]).isSameAs(Thread.currentThread());
    }

    /** It must not run on the calling thread, which may be one that the blocked ones wait for. */
    @Test
    void run_noFurtherThreadCanBeStarted_waitsUntilOneCan() throws Exception {
        CountDownLatch blocked = new CountDownLatch(CompletionThreads.FEW);
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < CompletionThreads.FEW; i++) {
            threads.run(() -> {
                blocked.countDown();
                await(release);
            });
        }
        blocked.await();
        factory.exhausted = true;
        do { // where threads were slow to start the watch has made more of them: these must be blocked too
            threads.run(() -> await(release));
        } while (!factory.refused.await(50, TimeUnit.MILLISECONDS));
        CountDownLatch done = new CountDownLatch(1);
        Thread[] ranOn = {null};
        threads.run(() -> {
            ranOn[0] = Thread.currentThread();
            done.countDown();
        });
        assertThat(done.getCount()).isOne();

        factory.exhausted = false;
        done.await();

        assertThat(ranOn[0]).isNotSameAs(Thread.currentThread());
        assertThat(release.getCount()).isOne();
        release.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Factory implements ThreadFactory {
        static final int FAILURES = 20;
        final CountDownLatch uncaught = new CountDownLatch(FAILURES);
        final Queue<Thread> made = new ConcurrentLinkedQueue<>();
        final CountDownLatch refused = new CountDownLatch(1);
        volatile boolean exhausted;

        @Override
        public Thread newThread(Runnable runnable) {
            if (exhausted) {
                refused.countDown();
                throw new OutOfMemoryError("unable to create native thread");
            }
            Thread thread = new Thread(runnable);
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((t, e) -> uncaught.countDown());
            made.add(thread);
            return thread;
        }
    }
}
