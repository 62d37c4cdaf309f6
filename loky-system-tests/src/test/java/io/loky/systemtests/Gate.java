/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** An event that one process announces and others wait for: a file that exists from then on. */
public final class Gate implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final String file;

    public Gate(Path folder, String name) {
        this.file = folder.resolve(name).toAbsolutePath().toString();
    }

    public void open() {
        try {
            Files.createFile(Path.of(file));
        } catch (FileAlreadyExistsException e) {
            // open already
        } catch (IOException e) {
            throw new IllegalStateException(file, e);
        }
    }

    public boolean isOpen() {
        return Files.exists(Path.of(file));
    }

    /** Waits for the other side, which has to come. */
    public void await() {
        long end = System.nanoTime() + HANG_NANOS;
        while (!isOpen()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("nobody opened " + file);
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for " + file, e);
            }
        }
    }

    @Override
    public String toString() {
        return "gate " + file + (isOpen() ? " (open)" : " (closed)");
    }
}
