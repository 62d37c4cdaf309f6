/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.SerializableRunnable;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;

/** The ways in which a task ends its JVM. */
final class JvmEnds {
    private JvmEnds() {}

    /** Writes to address 0. */
    static void segmentationFault() throws ReflectiveOperationException {
        // Newer JVMs print a warning about this class on System.err; the crash is what was asked for, not the warning.
        System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        // by reflection, since the compiler's warning about this class cannot be suppressed
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field unsafe = type.getDeclaredField("theUnsafe");
        unsafe.setAccessible(true);
        type.getMethod("putAddress", long.class, long.class).invoke(unsafe.get(null), 0L, 0L);
    }

    /** Returns if the signal is not one that ends a JVM, after it was sent; never otherwise. */
    static void signal(String bareName) throws IOException, InterruptedException {
        Signals.send(bareName, ProcessHandle.current().pid());
        if (Signals.isDeadly(bareName)) {
            Hangs.sleep(); // the JVM may take a while to end, and this task must not be over before
        }
    }

    static void exitInAnotherThread(int code) {
        new Thread(() -> System.exit(code), "the thread that exits").start();
        Hangs.sleep();
    }

    static void exitWithHangingHook(int code) {
        Runtime.getRuntime().addShutdownHook(new Thread(Hangs::sleep, "the shutdown hook that hangs"));
        System.exit(code);
    }

    /** Exits while a worker rebuilds it. */
    static final class ExitsWhenDecoded implements SerializableRunnable {
        private static final long serialVersionUID = 1L;
        private final int code;
        private final Origin origin = Origin.here();

        ExitsWhenDecoded(int code) {
            this.code = code;
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            origin.refuseHere(toString());
            System.exit(code);
        }

        @Override
        public void runChecked() {
            origin.refuseHere(toString());
        }

        @Override
        public String toString() {
            return "exitWhenDecoded(" + code + ")";
        }
    }

    /** A result that halts while the worker writes it. */
    static final class HaltsWhenEncoded implements Serializable {
        private static final long serialVersionUID = 1L;
        private final int code;

        HaltsWhenEncoded(int code) {
            this.code = code;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.defaultWriteObject();
            Runtime.getRuntime().halt(code);
        }
    }
}
