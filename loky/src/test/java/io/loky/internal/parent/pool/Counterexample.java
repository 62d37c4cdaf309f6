/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.pool.FakeShell.Fault;
import org.jspecify.annotations.Nullable;

/**
 * A run that does not hold, as small as it could be made.
 *
 * @param seed makes the whole run again
 * @param failure what the small one fails with
 * @param journal what happens in it
 */
record Counterexample(long seed, int eventsBefore, Script script, Throwable failure, String journal) {
    static Counterexample of(long seed, Fault fault) {
        Script whole = Script.random(seed);
        if (failureOf(whole, fault, Journal.NONE) == null) {
            throw new IllegalStateException(
                    "a run failed and does not again: it depends on more than its seed " + seed);
        }
        Script small = Shrinker.shrink(whole, script -> failureOf(script, fault, Journal.NONE) != null);
        Journal journal = Journal.kept();
        Throwable failure = failureOf(small, fault, journal);
        if (failure == null) {
            throw new IllegalStateException("the journal changes the run with seed " + seed);
        }
        return new Counterexample(seed, whole.events().length, small, failure, journal.toString());
    }

    private static @Nullable Throwable failureOf(Script script, Fault fault, Journal journal) {
        try {
            new PoolStateRun(script, fault, journal, new Coverage()).execute();
            return null;
        } catch (RuntimeException | AssertionError failure) {
            return failure;
        }
    }

    @Override
    public String toString() {
        return failure + "\n  repeat the whole run of " + eventsBefore + " events with -Dloky.seed=" + seed
                + " -Dloky.runs=1; shrunk to " + script.events().length + " events:\n" + journal;
    }
}
