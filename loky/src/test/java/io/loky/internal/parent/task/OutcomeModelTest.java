/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import static io.loky.internal.parent.Model.require;

import io.loky.internal.parent.Model;
import io.loky.internal.parent.Model.Actor;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("model")
@Timeout(300)
class OutcomeModelTest {
    private static final int SCHEDULES = 800;

    /** Nothing but the outcome itself decides here who is first. */
    @Test
    void complete_againstItself_hasOneWinnerWhoseEndStays() {
        Model.check(SCHEDULES, () -> {
            Outcome<Object> outcome = new Outcome<>();
            Completer first = new Completer(outcome, Outcome.VALUE);
            Completer second = new Completer(outcome, Outcome.FAILURE);
            Model.runAll(first, second);

            require(first.won != second.won, "both have won, or none");
            (first.won ? first : second).checkIsTheEnd();
        });
    }

    @Test
    void arrive_againstComplete_hasOneWinnerWhoseEndStays() {
        Model.check(SCHEDULES, () -> {
            Outcome<Object> outcome = new Outcome<>();
            Decoder decoder = new Decoder();
            Arrival arrival = new Arrival(outcome, decoder);
            Completer completer = new Completer(outcome, Outcome.CANCELLED);
            Model.runAll(arrival, completer);

            require(arrival.won != completer.won, "both have won, or none");
            if (completer.won) {
                completer.checkIsTheEnd();
            } else {
                outcome.settle();
                decoder.checkIsTheEnd(outcome);
            }
        });
    }

    @Test
    void await_againstComplete_returnsWithTheEnd() {
        Model.check(SCHEDULES, () -> {
            Outcome<Object> outcome = new Outcome<>();
            Completer completer = new Completer(outcome, Outcome.VALUE);
            completer.start();

            outcome.await();

            completer.checkIsTheEnd();
            completer.finish();
        });
    }

    @Test
    void settle_byTwoThreads_decodesOnce() {
        Model.check(SCHEDULES, () -> {
            Outcome<Object> outcome = new Outcome<>();
            Decoder decoder = new Decoder();
            outcome.arrive(decoder);
            Model.runAll(new Caller(outcome, decoder), new Caller(outcome, decoder));
        });
    }

    /** Two callers and the answer: it is decoded once, both get what was decoded. */
    @Test
    void settle_byTwoThreadsWhileTheAnswerArrives_decodesOnce() {
        Model.check(SCHEDULES, () -> {
            Outcome<Object> outcome = new Outcome<>();
            Decoder decoder = new Decoder();
            Arrival arrival = new Arrival(outcome, decoder);
            Caller other = new Caller(outcome, decoder);
            arrival.start();
            other.start();

            outcome.await();
            outcome.settle();
            decoder.checkIsTheEnd(outcome);
            other.finish();
            arrival.finish();
        });
    }

    /** Decoding is the user's code, and may wait for what the thread that delivered the answer does next. */
    @Test
    void arrive_againstADecoderThatWaitsForItsThread_goesOn() {
        Model.check(SCHEDULES, () -> {
            Outcome<Object> outcome = new Outcome<>();
            Decoder decoder = new Decoder();
            decoder.waitsFor = new Outcome<>();
            Actor reader = new Actor() {
                @Override
                protected void act() {
                    outcome.arrive(decoder);
                    outcome.complete(Outcome.CANCELLED, null, null); // too late
                    outcome.how();
                    decoder.waitsFor.complete(Outcome.VALUE, null, null);
                }
            };
            reader.start();

            outcome.await();
            outcome.settle();

            decoder.checkIsTheEnd(outcome);
            reader.finish();
        });
    }

    private static final class Completer extends Actor {
        private final Outcome<Object> outcome;
        private final int how;
        private final Object value = new Object();
        private final Exception failure = new Exception();
        boolean won;

        Completer(Outcome<Object> outcome, int how) {
            this.outcome = outcome;
            this.how = how;
        }

        @Override
        protected void act() {
            won = outcome.complete(how, how == Outcome.VALUE ? value : null, how == Outcome.FAILURE ? failure : null);
            require(outcome.how() != Outcome.PENDING || !won, "completed and pending");
        }

        void checkIsTheEnd() {
            require(outcome.how() == how, "another end");
            require(outcome.value() == (how == Outcome.VALUE ? value : null), "another value");
            require(outcome.failure() == (how == Outcome.FAILURE ? failure : null), "another failure");
        }
    }

    private static final class Arrival extends Actor {
        private final Outcome<Object> outcome;
        private final Decoder decoder;
        boolean won;

        Arrival(Outcome<Object> outcome, Decoder decoder) {
            this.outcome = outcome;
            this.decoder = decoder;
        }

        @Override
        protected void act() {
            won = outcome.arrive(decoder);
        }
    }

    private static final class Caller extends Actor {
        private final Outcome<Object> outcome;
        private final Decoder decoder;

        Caller(Outcome<Object> outcome, Decoder decoder) {
            this.outcome = outcome;
            this.decoder = decoder;
        }

        @Override
        protected void act() throws Exception {
            outcome.await();
            outcome.settle();
            decoder.checkIsTheEnd(outcome);
        }
    }

    private static final class Decoder implements Supplier<Decoded<Object>> {
        private final Object value = new Object();
        private int runs;
        Outcome<Object> waitsFor;

        @Override
        public Decoded<Object> get() {
            runs++;
            if (waitsFor != null) {
                waitsFor.awaitUninterruptibly();
            }
            return new Decoded<>(value, null);
        }

        void checkIsTheEnd(Outcome<Object> outcome) {
            require(runs == 1, "decoded so many times: " + runs);
            require(outcome.how() == Outcome.VALUE, "not decoded");
            require(outcome.value() == value, "another value");
        }
    }
}
