/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.SerializableCallable;
import io.loky.SerializableRunnable;
import io.loky.systemtests.Await;
import io.loky.systemtests.Gate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What all contracts share. Tasks are serializable on both sides, and talk to the test through gates, since memory
 * would do for one side only.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Contract {
    @RegisterExtension
    final Side side;

    @TempDir
    Path folder;

    private final List<Blocker> blockers = new ArrayList<>();
    private List<Difference> shown = List.of();
    private int gates;

    Contract(Side side) {
        this.side = side;
    }

    /** A task that occupies its thread or worker until it is told to end. */
    record Blocker(Future<Integer> future, Gate started, Gate go) {
        /** Lets it end, with 1. */
        void release() {
            go.open();
        }
    }

    @BeforeEach
    final void look(TestInfo test) {
        Shows shows = test.getTestMethod().orElseThrow().getAnnotation(Shows.class);
        shown = shows == null ? List.of() : List.of(shows.value());
    }

    /** A test that has failed must not keep the next one from its turn. */
    @AfterEach
    final void releaseBlockers() throws Exception {
        for (Blocker blocker : blockers) {
            blocker.release();
        }
        for (Blocker blocker : blockers) {
            Await.until("the end of a blocker", blocker.future()::isDone);
        }
        blockers.clear();
    }

    /** The only fork between the sides: what each of them does, where they differ on purpose. */
    final void differ(Difference difference, Call.Body onThreadPool, Call.Body onProcessPool) throws Exception {
        assertThat(shown).as("@Shows of this test").contains(difference);
        (side.has(difference) ? onProcessPool : onThreadPool).run();
    }

    final Gate gate() {
        return new Gate(folder, "gate-" + gates++);
    }

    /** Returns when the task has begun. */
    final Blocker block(ExecutorService executor) {
        Gate started = gate();
        Gate go = gate();
        Future<Integer> future = executor.submit(blocking(started, go));
        Blocker blocker = new Blocker(future, started, go);
        blockers.add(blocker);
        started.await();
        return blocker;
    }

    static <T> SerializableCallable<T> task(SerializableCallable<T> task) {
        return task;
    }

    static SerializableRunnable action(SerializableRunnable action) {
        return action;
    }

    static <T> SerializableCallable<T> value(T value) {
        return () -> value;
    }

    static SerializableCallable<Integer> blocking(Gate started, Gate go) {
        return () -> {
            started.open();
            go.await();
            return 1;
        };
    }

    static SerializableCallable<Integer> opening(Gate gate) {
        return () -> {
            gate.open();
            return 2;
        };
    }

    static <T> SerializableCallable<T> failing(String message) {
        return () -> {
            throw new IllegalStateException(message);
        };
    }

    /** Every thread or worker of the executor takes tasks: nothing occupies one. */
    final void assertServes(ExecutorService executor, int threads) throws Exception {
        List<Future<Integer>> futures = new ArrayList<>();
        List<Gate> started = new ArrayList<>();
        Gate go = gate();
        for (int i = 0; i < threads; i++) {
            Gate mine = gate();
            started.add(mine);
            futures.add(executor.submit(blocking(mine, go)));
        }
        started.forEach(Gate::await);
        go.open();
        for (Future<Integer> future : futures) {
            assertThat(Await.result(future)).isEqualTo(1);
        }
    }
}
