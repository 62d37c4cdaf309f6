/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.ProcessPoolOptions;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.wire.Frame;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What needs no second JVM: a worker that ends before it has a process. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WorkerProcessTest {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final WorkerProcess worker =
            new WorkerProcess(new LaunchPlan(ProcessPoolOptions.builder().build(), "early-end", null, null), 1, 0);

    @Test
    void kill_beforeItIsStarted_tellsTheEndOnceItIs() throws Exception {
        worker.kill();

        worker.start(new Told());

        assertEndIsToldOnce();
    }

    /** The thread that is to start it may be later than the alarm that gives it up; its end must still be told. */
    @Test
    void abandon_beforeItIsStarted_tellsTheEndOnceItIs() throws Exception {
        worker.abandon();

        worker.start(new Told());

        assertEndIsToldOnce();
    }

    private void assertEndIsToldOnce() throws InterruptedException {
        assertThat(told.take()).contains("killed before it was started");
        assertThat(told.take()).isEqualTo("cleared");
        assertThat(told).isEmpty();
        assertThat(worker.pid()).isEmpty();
        assertThat(worker.beats()).isNegative();
    }

    private final class Told implements WorkerEvents {
        @Override
        public void ready() {
            told.add("ready");
        }

        @Override
        public void unfit(EndReason reason, String detail) {
            told.add("unfit");
        }

        @Override
        public void remarked(long taskId, String text) {
            told.add("remarked");
        }

        @Override
        public void answered(Frame answer) {
            told.add("answered");
        }

        @Override
        public void gone(WorkerEnd end) {
            told.add("gone: " + end.trouble());
        }

        @Override
        public void cleared() {
            told.add("cleared");
        }
    }
}
