/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The ways in which a task uses up what its JVM may have. What it took is garbage when the error leaves the method. */
final class Exhaustion {
    private static final int CHUNK = 256 << 10;

    /** More than there are addresses, so that no system has room for it. */
    private static final long ENDLESS_STACK = 1L << 62;

    /** Keeps the compiler from dropping what is never read. */
    @SuppressWarnings("unused")
    private static volatile @Nullable Object sink;

    private Exhaustion() {}

    static void heap() throws Exception {
        hoard(() -> new byte[CHUNK]);
    }

    static void arraySize() {
        sink = new long[Integer.MAX_VALUE];
        sink = null;
    }

    static void gcOverhead() throws Exception {
        hoard(() -> {
            Object[] small = new Object[100];
            Arrays.setAll(small, i -> new Object());
            return small;
        });
    }

    static void metaspace() throws Exception {
        requireLimitOfMetaspace();
        byte[] bytes;
        try (InputStream in = Exhaustion.class.getResourceAsStream("Exhaustion$Filler.class")) {
            if (in == null) {
                throw new IllegalStateException("the class file of Exhaustion.Filler is missing in the test kit");
            }
            bytes = in.readAllBytes();
        }
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        hoard(() -> lookup.defineHiddenClass(bytes, false).lookupClass());
    }

    static void directMemory() throws Exception {
        hoard(() -> ByteBuffer.allocateDirect(CHUNK));
    }

    /** Takes more and more, until the JVM has no more to give. */
    private static void hoard(Callable<?> more) throws Exception {
        List<Object> all = new ArrayList<>();
        sink = all;
        try {
            for (; ; ) {
                all.add(more.call());
            }
        } finally {
            sink = null;
        }
    }

    /** Without a limit it would fill the machine. */
    private static void requireLimitOfMetaspace() {
        boolean unlimited = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Metaspace"))
                .map(MemoryPoolMXBean::getUsage)
                .allMatch(usage -> usage.getMax() < 0);
        if (unlimited) {
            throw new IllegalStateException("the metaspace of this worker has no limit, and the fault would fill the"
                    + " memory of the machine; give the workers one, such as"
                    + " ProcessPoolOptions.jvmArgs(List.of(\"-XX:MaxMetaspaceSize=64m\"))");
        }
    }

    /** Defined again and again, as a hidden class. */
    static final class Filler {
        private Filler() {}
    }

    /** Asks for one thread with a stack for which no system has room, which costs the machine nothing. */
    static void nativeThread() throws InterruptedException {
        Thread thread = new Thread(null, () -> {}, "the thread with an endless stack", ENDLESS_STACK);
        thread.setDaemon(true);
        thread.start();
        thread.join();
        throw new IllegalStateException("this JVM gave a thread a stack of " + ENDLESS_STACK
                + " bytes: it does not heed the size, and the fault does nothing here");
    }

    static int stack() {
        return recurse(0);
    }

    @SuppressWarnings("InfiniteRecursion") // that is what it is for
    static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }
}
