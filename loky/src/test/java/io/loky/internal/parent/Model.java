/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent;

import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;

/**
 * A few threads and what must hold whatever their order. Lincheck runs the model again and again, each time switching
 * threads at other accesses to shared memory: first every place for one switch, then for two, and so on, as far as the
 * given number of schedules goes. A model that ends otherwise, or in which nobody can go on, is reported with its
 * schedule.
 *
 * <p>What it does not explore: effects of weak memory, which it takes to be sequentially consistent; the passing of time,
 * as its clock stands still; and a lost {@code unpark}, since it lets a parked thread wake for no reason, as the JDK
 * allows. Tests with real threads look for these.
 *
 * <p>All threads of a model are {@link Actor}s, started from the model. On a JDK 19 or later Lincheck does not see what a
 * thread shares with the one that starts it where that is reachable only through a {@code Runnable}: with
 * {@code new Thread(runnable)} it would find nothing to explore, and pass.
 */
public final class Model {
    /** How many times the usual number of schedules to try: for a long look, with {@code -Dloky.model.factor=100}. */
    private static final int FACTOR = Integer.getInteger("loky.model.factor", 1);

    private Model() {}

    /** What is to be run under many schedules. Makes all that it touches itself. */
    public interface Body {
        void run() throws Exception;
    }

    /**
     * @param schedules how many to try at most
     * @throws AssertionError if one of them makes the body throw, or leaves threads that wait for each other
     */
    public static void check(int schedules, Body body) {
        for (int attempt = 1; ; attempt++) {
            try {
                Lincheck.runConcurrentTest(schedules * FACTOR, new Run(body));
                return;
            } catch (LincheckAssertionError e) {
                // It gives each run 30 s. On a busy machine the first one, in which it rewrites all classes, may take
                // longer.
                boolean shownHow = String.valueOf(e.getMessage()).contains("interleaving leads to the error");
                if (shownHow || attempt == 3) {
                    throw e;
                }
            }
        }
    }

    private static final class Run implements Runnable {
        private final Body body;

        Run(Body body) {
            this.body = body;
        }

        @Override
        public void run() {
            try {
                body.run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    /** For models: AssertJ is more than Lincheck can follow. */
    public static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** A thread of a model. What it throws is thrown again by {@link #finish}. */
    public abstract static class Actor extends Thread {
        private Throwable failure;

        protected abstract void act() throws Exception;

        @Override
        public final void run() {
            try {
                act();
            } catch (Throwable e) {
                failure = e;
            }
        }

        /** Waits for its end. */
        public final void finish() throws InterruptedException {
            Thread thread =
                    this; // Lincheck knows this method as one of Thread, and would not see it called on a subclass
            thread.join();
            if (failure != null) {
                throw new AssertionError("a thread of the model failed", failure);
            }
        }
    }

    /** Starts them, and waits for their ends. */
    public static void runAll(Actor... actors) throws InterruptedException {
        for (Actor actor : actors) {
            actor.start();
        }
        for (Actor actor : actors) {
            actor.finish();
        }
    }
}
