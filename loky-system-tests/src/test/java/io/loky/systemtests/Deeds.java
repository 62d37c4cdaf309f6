/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.Inflater;

/** What the tasks of the gallery do to their workers. Named as a program might name them: these names are in its reports. */
final class Deeds {
    private static final int CHUNK = 256 << 10;
    private static final long ENDLESS_STACK = 1L << 62;

    /** Keeps the compiler from dropping what is never read. */
    @SuppressWarnings("unused")
    private static volatile List<Object> hoard;

    @SuppressWarnings("unused")
    private static volatile Object[] garbage;

    private Deeds() {}

    /** Writes to address 0 by way of {@code sun.misc.Unsafe}. By reflection, since the compiler's warning cannot be suppressed. */
    static void writeToAddressZero() throws Exception {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        var field = type.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        type.getMethod("putAddress", long.class, long.class).invoke(field.get(null), 0L, 0L);
    }

    /** Has zlib, which is native code, free a stream that is none. */
    static void freeAStreamThatIsNone() throws Exception {
        Method end = Inflater.class.getDeclaredMethod("end", long.class);
        end.setAccessible(true);
        end.invoke(null, 8L);
    }

    static void giveUp() {
        System.out.println("no database, giving up");
        System.exit(2);
    }

    static void halt() {
        Runtime.getRuntime().halt(0);
    }

    /** Sends a signal to its own process, and waits for its end. */
    static void send(String signal) throws Exception {
        Processes.signal(signal, Processes.ownPid());
        TimeUnit.HOURS.sleep(1);
    }

    static void fillTheHeap() throws Exception {
        awaitHistogram();
        hoard(() -> new byte[CHUNK]);
    }

    /** On a thread of its own, for as long as its JVM lives; the task ends when the heap is full for the first time. */
    static void keepTheHeapFull() throws Exception {
        CountDownLatch full = new CountDownLatch(1);
        Thread thread = new Thread(
                () -> {
                    Object[] kept = null; // a chain, so that keeping one more needs nothing else
                    for (int size = 1 << 16; ; size = Math.max(size / 2, 1)) {
                        try {
                            for (; ; ) {
                                Object[] link = new Object[size];
                                link[0] = kept;
                                kept = link;
                            }
                        } catch (OutOfMemoryError e) {
                            full.countDown();
                        }
                    }
                },
                "the filler");
        thread.start();
        full.await();
    }

    /** Far more garbage than what it keeps: the heap is collected again and again, each time with less to gain. */
    static void fillTheHeapSlowly() throws Exception {
        awaitHistogram();
        hoard(() -> {
            for (int i = 0; i < 100; i++) {
                garbage = new Object[100];
            }
            return new Object[100];
        });
    }

    static void fillTheMetaspace() throws Exception {
        byte[] bytes;
        try (var in = Deeds.class.getResourceAsStream("Deeds$Filler.class")) {
            bytes = in.readAllBytes();
        }
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        hoard(() -> lookup.defineHiddenClass(bytes, false).lookupClass());
    }

    static void fillTheDirectMemory() throws Exception {
        hoard(() -> ByteBuffer.allocateDirect(CHUNK));
    }

    /** One thread that no system has a stack for: the error is that of a system without a free thread. */
    static void startOneThreadTooMany() throws Exception {
        Thread thread = new Thread(null, () -> {}, "one too many", ENDLESS_STACK);
        thread.start();
        thread.join();
    }

    static int askForTooLargeAnArray() {
        return new long[Integer.MAX_VALUE].length;
    }

    /** Touches so much memory outside of the Java heap, as a native library may. */
    static void takeNativeMemory(int bytes) {
        ByteBuffer all = ByteBuffer.allocateDirect(bytes);
        for (int i = 0; i < bytes; i += 1024) {
            all.put(i, (byte) 1);
        }
    }

    /** Writes into the pipe in which the worker answers its pool. */
    static void breakTheChannel() throws IOException, InterruptedException {
        try (FileOutputStream channel = new FileOutputStream("/proc/self/fd/4")) {
            channel.write(new byte[64]);
        }
        TimeUnit.HOURS.sleep(1);
    }

    /** No worker of a real program fills its heap in the first moment, while it is not yet prepared for that. */
    static void awaitHistogram() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().endsWith("-histogram")) {
                thread.join();
            }
        }
    }

    private static void hoard(Callable<?> more) throws Exception {
        List<Object> all = new ArrayList<>();
        hoard = all;
        try {
            for (; ; ) {
                all.add(more.call());
            }
        } finally {
            hoard = null;
        }
    }

    /** Defined again and again. */
    static final class Filler {
        private Filler() {}
    }
}
