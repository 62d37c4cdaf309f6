/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;

/** Exceptions that give trouble to whoever handles them. */
final class Throwables {
    private Throwables() {}

    /** Two exceptions that are each other's cause. */
    static IllegalStateException cyclic() {
        IllegalStateException one = new IllegalStateException("one of two that are each other's cause");
        IllegalStateException two = new IllegalStateException("the other of two that are each other's cause", one);
        one.initCause(two);
        return one;
    }

    static IllegalStateException huge(int chars) {
        return new IllegalStateException("x".repeat(chars));
    }

    /** Refers to something that cannot leave its process. */
    @SuppressWarnings("serial") // that is what it is for
    static final class UnserializableException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final Thread culprit = Thread.currentThread();

        @Override
        public String getMessage() {
            return "refers to " + culprit.getName();
        }
    }

    /** Its {@code writeObject} throws. */
    static final class UnwritableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnwritableException() {
            super("cannot be written");
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.write(new byte[1000]);
            throw new NotSerializableException("writeObject of the test kit throws, as it was told to");
        }
    }

    /** Its {@code readObject} throws. */
    static final class UnreadableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnreadableException() {
            super("cannot be read");
        }

        private void readObject(ObjectInputStream in) throws IOException {
            throw new InvalidObjectException(
                    "readObject of the test kit throws, as it was told to, with " + in.available() + " bytes left");
        }
    }

    /** Whoever asks it anything is thrown at. */
    static final class HostileException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("getMessage of the test kit throws, as it was told to");
        }

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("getCause of the test kit throws, as it was told to");
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new IllegalStateException("getStackTrace of the test kit throws, as it was told to");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("toString of the test kit throws, as it was told to");
        }
    }
}
