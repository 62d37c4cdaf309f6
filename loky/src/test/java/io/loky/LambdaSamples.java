/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.io.Serializable;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Lambdas that filters are asked about. In a package of its own, as a user's: the codec's own classes are not asked about. */
public final class LambdaSamples {
    public static final AtomicInteger DANGERS = new AtomicInteger();
    public static final AtomicInteger AWAKE = new AtomicInteger();

    private LambdaSamples() {}

    /** Has lambdas that are Serializable. */
    public static final class Host {
        private Host() {}

        public static SerializableCallable<Object> bare() {
            return () -> "bare";
        }

        public static SerializableCallable<Object> ofNumber(int number) {
            return () -> number;
        }

        public static SerializableCallable<Object> ofArray(long[] numbers) {
            return () -> numbers.length;
        }

        public static SerializableCallable<Object> ofText(String text) {
            return () -> text;
        }
    }

    /** Has none. */
    public static final class PlainHost {
        private PlainHost() {}

        public static Callable<Object> ofNumber(int number) {
            return () -> number;
        }

        public static Function<String, Object> danger() {
            return Danger::new;
        }
    }

    /** What a filter keeps out. */
    public static final class Danger {
        public Danger(String text) {
            DANGERS.addAndGet(text.length());
        }
    }

    /** Its name is as long as that of a danger. */
    @SuppressWarnings("serial") // not constant: to ask for it shows
    public static final class Sleepy implements Serializable {
        private static final long serialVersionUID = AWAKE.incrementAndGet();
    }
}
