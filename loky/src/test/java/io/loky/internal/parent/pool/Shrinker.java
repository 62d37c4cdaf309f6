/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Makes a script that fails smaller while it still fails: takes away chunks of events, ever smaller ones, then makes what is
 * left plainer; all that again until nothing helps any more.
 */
final class Shrinker {
    private final Predicate<Script> fails;
    private Script smallest;

    private Shrinker(Script script, Predicate<Script> fails) {
        this.smallest = script;
        this.fails = fails;
    }

    /** The smallest script that is found to fail, however it fails. */
    static Script shrink(Script script, Predicate<Script> fails) {
        Shrinker shrinker = new Shrinker(script, fails);
        boolean better = true;
        while (better) {
            better = shrinker.removeEvents();
            better |= shrinker.simplifySetup();
            better |= shrinker.simplifyEvents();
        }
        return shrinker.smallest;
    }

    private boolean removeEvents() {
        boolean better = false;
        for (int chunk = Math.max(1, smallest.events().length / 2); chunk > 0; chunk /= 2) {
            // From the end: what comes late depends on what came early.
            for (int end = smallest.events().length; end > 0; end -= chunk) {
                better |= tryWith(smallest.setup(), without(smallest.events(), Math.max(0, end - chunk), end));
            }
        }
        return better;
    }

    private boolean simplifySetup() {
        boolean better = false;
        for (int i = 0; i < Setup.PROPERTIES; i++) {
            for (int plain = 0; plain < Math.min(12, smallest.setup()[i]); plain++) {
                int[] setup = smallest.setup().clone();
                setup[i] = plain;
                if (tryWith(setup, smallest.events())) {
                    better = true;
                    break;
                }
            }
        }
        return better;
    }

    private boolean simplifyEvents() {
        boolean better = false;
        for (int i = 0; i < smallest.events().length; i++) {
            for (int plain = 0; plain < Math.min(12, Move.number(smallest.events()[i])); plain++) {
                int[] events = smallest.events().clone();
                events[i] = Move.withNumber(events[i], plain);
                if (tryWith(smallest.setup(), events)) {
                    better = true;
                    break;
                }
            }
        }
        return better;
    }

    private boolean tryWith(int[] setup, int[] events) {
        Script script = new Script(setup, events);
        if (!fails.test(script)) {
            return false;
        }
        smallest = script;
        return true;
    }

    private static int[] without(int[] events, int from, int to) {
        int[] rest = Arrays.copyOf(events, events.length - (to - from));
        System.arraycopy(events, to, rest, from, events.length - to);
        return rest;
    }
}
