/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent;

import static io.loky.internal.parent.Model.require;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.internal.parent.Model.Actor;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The models find what they are there to find, on the JDK in use: else all the others would pass for nothing. */
@Tag("model")
@Timeout(300)
class ModelTest {
    private static final int SCHEDULES = 500;

    @Test
    void check_counterThatIsNotAtomic_isReported() {
        assertThatThrownBy(() -> Model.check(SCHEDULES, () -> {
                    Counter counter = new Counter();
                    Model.runAll(new Increment(counter), new Increment(counter));
                    require(counter.value == 2, "an increment is lost");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("counter");
    }

    @Test
    void check_counterUnderALock_passes() {
        Model.check(SCHEDULES, () -> {
            Counter counter = new Counter();
            Model.runAll(new LockedIncrement(counter), new LockedIncrement(counter));
            require(counter.value == 2, "an increment is lost");
        });
    }

    @Test
    void check_locksTakenInOppositeOrder_isReported() {
        assertThatThrownBy(() -> Model.check(SCHEDULES, () -> {
                    Counter one = new Counter();
                    Counter two = new Counter();
                    Model.runAll(new NestedIncrement(one, two), new NestedIncrement(two, one));
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("deadlock");
    }

    /** A parked thread may wake for no reason in a model, but not for good. */
    @Test
    void check_latchThatNobodyOpens_isReported() {
        assertThatThrownBy(() -> Model.check(SCHEDULES, () -> {
                    CountDownLatch latch = new CountDownLatch(2);
                    Actor opener = new Actor() {
                        @Override
                        protected void act() {
                            latch.countDown();
                        }
                    };
                    opener.start();
                    latch.await();
                    opener.finish();
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("await");
    }

    private static final class Counter {
        int value;
    }

    private static final class Increment extends Actor {
        private final Counter counter;

        Increment(Counter counter) {
            this.counter = counter;
        }

        @Override
        protected void act() {
            counter.value++;
        }
    }

    private static final class LockedIncrement extends Actor {
        private final Counter counter;

        LockedIncrement(Counter counter) {
            this.counter = counter;
        }

        @Override
        protected void act() {
            synchronized (counter) {
                counter.value++;
            }
        }
    }

    private static final class NestedIncrement extends Actor {
        private final Counter outer;
        private final Counter inner;

        NestedIncrement(Counter outer, Counter inner) {
            this.outer = outer;
            this.inner = inner;
        }

        @Override
        protected void act() {
            synchronized (outer) {
                synchronized (inner) {
                    inner.value++;
                }
            }
        }
    }
}
