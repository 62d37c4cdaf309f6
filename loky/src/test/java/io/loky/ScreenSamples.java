/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.io.Serializable;

/** What filters are asked about. In a package of its own, as a user's: the codec's own classes are not asked about. */
public final class ScreenSamples {
    private ScreenSamples() {}

    public record Harmless(int number) implements Serializable {}

    public record Suspicious(int number) implements Serializable {}

    public static final class SuspiciousException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    public static final class HarmlessRecipe implements SerializableSupplier<Thread> {
        private static final long serialVersionUID = 1L;

        @Override
        public Thread get() {
            return new Thread("never started");
        }
    }

    public static final class SuspiciousRecipe implements SerializableSupplier<Thread> {
        private static final long serialVersionUID = 1L;

        @Override
        public Thread get() {
            throw new AssertionError("must not come so far");
        }
    }
}
