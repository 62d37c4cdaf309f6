/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The ways in which a task never ends. None of them heeds an interrupt. */
final class Hangs {
    private Hangs() {}

    static void spin() {
        while (!Thread.currentThread().getName().isEmpty()) { // always, which the compiler does not know
            Thread.onSpinWait();
        }
    }

    static void sleep() {
        for (; ; ) {
            try {
                TimeUnit.DAYS.sleep(1);
            } catch (InterruptedException e) {
                // ignoring it is what this is for
            }
        }
    }

    static void deadlock() {
        Object one = new Object();
        Object two = new Object();
        CountDownLatch bothHeld = new CountDownLatch(2);
        Thread other = new Thread(() -> takeBoth(two, one, bothHeld), "the other half of the deadlock");
        other.setDaemon(true);
        other.start();
        takeBoth(one, two, bothHeld);
    }

    private static void takeBoth(Object first, Object second, CountDownLatch bothHeld) {
        synchronized (first) {
            meet(bothHeld);
            synchronized (second) {
                throw new IllegalStateException("the deadlock did not come about");
            }
        }
    }

    private static void meet(CountDownLatch all) {
        all.countDown();
        boolean there = false;
        while (!there) {
            try {
                all.await();
                there = true;
            } catch (InterruptedException e) {
                // ignoring it is what this is for
            }
        }
    }

    /** Two classes whose initializers wait for each other. */
    static void classInitializer() {
        Thread other = new Thread(Second::touch, "the other half of the deadlock");
        other.setDaemon(true);
        other.start();
        First.touch();
        throw new IllegalStateException("the deadlock did not come about: its classes were initialized before");
    }

    private static final class Meeting {
        static final CountDownLatch BOTH_BEGUN = new CountDownLatch(2);

        private Meeting() {}
    }

    @SuppressWarnings("ClassInitializationDeadlock") // that is what it is for
    private static final class First {
        static {
            meet(Meeting.BOTH_BEGUN);
            Second.touch();
        }

        private First() {}

        static void touch() {}
    }

    @SuppressWarnings("ClassInitializationDeadlock") // that is what it is for
    private static final class Second {
        static {
            meet(Meeting.BOTH_BEGUN);
            First.touch();
        }

        private Second() {}

        static void touch() {}
    }

    /** Waits for a connection to a port that nobody knows: in native code, which an interrupt does not reach. */
    static void nativeCall() throws IOException {
        try (ServerSocket nobodyKnows = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket stranger = nobodyKnows.accept()) {
            throw new IllegalStateException("somebody connected: " + stranger);
        }
    }
}
