/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What tasks leave behind in their worker. */
final class Leaks {
    private static final int CHUNK = 1 << 20;

    /** Guarded by itself. */
    private static final List<byte[]> MEMORY = new ArrayList<>();

    /** Guarded by itself. */
    private static final List<InputStream> FILES = new ArrayList<>();

    private Leaks() {}

    static void threads(int threads, boolean daemon) {
        for (int i = 1; i <= threads; i++) {
            Thread thread = new Thread(Hangs::sleep, "leaked thread " + i);
            thread.setDaemon(daemon);
            thread.start();
        }
    }

    /** How many bytes this worker has leaked in all. */
    static long memory(long bytes) {
        synchronized (MEMORY) {
            for (long left = bytes; left > 0; left -= CHUNK) {
                MEMORY.add(new byte[(int) Math.min(left, CHUNK)]);
            }
            return MEMORY.stream().mapToLong(chunk -> chunk.length).sum();
        }
    }

    /** How many files this worker has left open in all. */
    static int fileDescriptors(int files) throws IOException {
        Path everywhere = Path.of(System.getProperty("java.home"), "lib", "modules");
        synchronized (FILES) {
            for (int i = 0; i < files; i++) {
                FILES.add(Files.newInputStream(everywhere));
            }
            return FILES.size();
        }
    }

    /** The process id of a child that lives on. */
    static long childProcess(Duration lifetime) throws IOException {
        return new ProcessBuilder("/bin/sh", "-c", "exec sleep \"$0\"", Long.toString(lifetime.toSeconds()))
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start()
                .pid();
    }
}
