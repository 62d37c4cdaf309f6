/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.SerializableRunnable;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;

/** What does not survive the way between two JVMs. Tasks, so that they can be submitted; as good as argument or result. */
final class Untransferable {
    private Untransferable() {}

    /** Refers to something that cannot leave its process. */
    @SuppressWarnings("serial") // that is what it is for
    static final class Unserializable implements SerializableRunnable {
        private static final long serialVersionUID = 1L;
        private final Thread culprit = Thread.currentThread();

        @Override
        public void runChecked() {
            throw new IllegalStateException("a task that refers to " + culprit + " reached a worker");
        }
    }

    /** Its {@code writeObject} throws. */
    static final class Unwritable implements SerializableRunnable {
        private static final long serialVersionUID = 1L;

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.write(new byte[1000]); // something is on its way already
            throw new NotSerializableException("writeObject of the test kit throws, as it was told to");
        }

        @Override
        public void runChecked() {
            throw new IllegalStateException("a task that cannot be written reached a worker");
        }
    }

    /** Its {@code readObject} throws. */
    static final class Unreadable implements SerializableRunnable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws IOException {
            throw new InvalidObjectException(
                    "readObject of the test kit throws, as it was told to, with " + in.available() + " bytes left");
        }

        @Override
        public void runChecked() {
            throw new IllegalStateException("a task that cannot be read was run");
        }
    }

    /** Its {@code writeObject} never comes to an end. */
    static final class BottomlessToWrite implements SerializableRunnable {
        private static final long serialVersionUID = 1L;

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.writeInt(Exhaustion.recurse(0));
        }

        @Override
        public void runChecked() {
            throw new IllegalStateException("a task that cannot be written reached a worker");
        }
    }

    /** Its {@code readObject} never comes to an end. */
    static final class BottomlessToRead implements SerializableRunnable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws IOException {
            throw new InvalidObjectException("not reached: " + Exhaustion.recurse(in.available()));
        }

        @Override
        public void runChecked() {
            throw new IllegalStateException("a task that cannot be read was run");
        }
    }
}
