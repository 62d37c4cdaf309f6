/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import io.loky.SerializableSupplier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One of the kinds of executors that a contract is checked on. Ends the executors that it made after the tests of a
 * class, and checks that nothing of them is left.
 */
abstract class Side implements BeforeAllCallback, AfterAllCallback {
    private final Map<Integer, ExecutorService> shared = new HashMap<>();
    private boolean begun;

    /** The oracle. */
    static Side threadPoolExecutor() {
        return new ThreadPoolSide();
    }

    static Side processPool() {
        return new ProcessPoolSide();
    }

    /** A pool whose tasks run on threads of this JVM. */
    static Side inProcess() {
        return new InProcessSide();
    }

    /** Whether this side does so otherwise than a ThreadPoolExecutor. */
    abstract boolean has(Difference difference);

    /**
     * Whether tasks run on threads of this JVM that a pool gives up: it cannot kill them, and has another one for the next task at
     * once.
     */
    boolean isInProcess() {
        return false;
    }

    abstract ExecutorService make(int threads, boolean warm) throws Exception;

    /** What nobody but a handler of the last resort was told: uncaught exceptions here, warnings in the log there. */
    abstract List<String> lastResort();

    /** What CompletableFuture.supplyAsync is on this side. */
    abstract <T> CompletableFuture<T> supplyAsync(ExecutorService executor, SerializableSupplier<T> supplier);

    abstract void begin() throws Exception;

    abstract void end() throws Exception;

    /** An executor that runs at most so many tasks at once, and queues without bound. */
    final ExecutorService create(int threads) throws Exception {
        return makeChecked(threads, false);
    }

    /** One whose threads or workers are there already. */
    final ExecutorService warm(int threads) throws Exception {
        return makeChecked(threads, true);
    }

    private ExecutorService makeChecked(int threads, boolean warm) throws Exception {
        if (!begun) {
            throw new IllegalStateException("not registered as an extension: nobody would end this executor");
        }
        return make(threads, warm);
    }

    /** A warm executor for all tests of the class, which have to leave it as they found it. */
    final ExecutorService shared(int threads) throws Exception {
        ExecutorService executor = shared.get(threads);
        if (executor == null) {
            executor = warm(threads);
            shared.put(threads, executor);
        }
        return executor;
    }

    @Override
    public final void beforeAll(ExtensionContext context) throws Exception {
        begin();
        begun = true;
    }

    @Override
    public final void afterAll(ExtensionContext context) throws Exception {
        end();
    }
}
