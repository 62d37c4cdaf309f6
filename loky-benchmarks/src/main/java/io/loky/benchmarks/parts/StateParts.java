/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks.parts;

import io.loky.internal.parent.pool.StateStep;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The steps of the pool's state: a task comes, goes to the idle worker, and is answered. No lock, no process, no bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StateParts {

    private final StateStep state = new StateStep();

    /** One task's way through the state. */
    @Benchmark
    public int submitAndAnswer() {
        return state.submitAndAnswer();
    }
}
