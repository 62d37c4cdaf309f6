/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A worker's sign of life: a number in a mapped word that grows with each heartbeat. A thread of its own counts, which a task
 * can neither block nor keep waiting: it takes no lock, allocates nothing, writes to no stream. It stands still when the
 * process is stopped, when the machine is so short of memory that nothing moves, and during a collection of garbage.
 */
public final class Pulse {
    private final MappedWord word;
    private final long intervalNanos;

    private Pulse(MappedWord word, long intervalMillis) {
        this.word = word;
        this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(intervalMillis);
    }

    /** Worker: begins to beat, and does so until this JVM ends. */
    public static void start(Path file, long intervalMillis, String threadName) throws IOException {
        Pulse pulse = new Pulse(MappedWord.create(file), intervalMillis);
        pulse.word.set(1); // the parent's first look must not find nothing
        Thread thread = new Thread(null, pulse::beat, threadName, 0, false);
        thread.setDaemon(true);
        thread.start();
    }

    private void beat() {
        for (long beats = 2; ; beats++) {
            LockSupport.parkNanos(intervalNanos);
            Thread.interrupted(); // a task that interrupts all threads must not make this one spin
            word.set(beats);
        }
    }

    /** Parent: how often it has beaten; grows. */
    public static long beats(Path file) throws IOException {
        return MappedWord.read(file);
    }
}
