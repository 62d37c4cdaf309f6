/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.internal.execution.AnswerSink;
import io.loky.internal.wire.Claims;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.FrameType;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Says of each task that it begins now, so that the parent can take back what was sent ahead and is not begun: see {@link Claims}. Only
 * the main thread uses it.
 *
 * <p>A worker's first tasks wait for nothing of this: what is needed loads classes, for some milliseconds, so it is made by a thread of its
 * own when the second task has come, and is used from the next task on that finds it there. The parent sends nothing ahead before
 * it was told.
 */
final class Beginnings {
    private static final long MADE_AT = 2;

    private final Path file;
    private final String threadName;
    private final AnswerSink out;
    private volatile @Nullable Claims made;
    private @Nullable Claims claims;

    /** Of the last task that has come; the first has 1. */
    private long number;

    /**
     * @param file for the claims, which is not there
     * @param threadName of the thread that makes them
     * @param out to the parent
     */
    Beginnings(Path file, String threadName, AnswerSink out) {
        this.file = file;
        this.threadName = threadName;
        this.out = out;
    }

    /**
     * The next task has come and would begin now.
     *
     * @return false if the parent has taken it back
     * @throws IOException if the parent is gone
     */
    boolean begins() throws IOException {
        number++;
        if (claims != null) {
            return claims.claim(number);
        }
        if (number == MADE_AT) {
            startMaking();
        }
        claims = made;
        if (claims != null) {
            claims.begin(number);
            out.send(EncodedFrame.empty(FrameType.CLAIMS));
        }
        return true;
    }

    private void startMaking() {
        try {
            Thread maker = new Thread(null, this::make, threadName, 0, false);
            maker.setDaemon(true);
            maker.start();
        } catch (RuntimeException | Error e) { // no thread is left: that is no reason to fail a task
            tellNot(e);
        }
    }

    private void make() {
        try {
            made = Claims.create(file);
        } catch (IOException | RuntimeException | Error e) { // no room in the file system, or no memory to map it into
            tellNot(e);
        }
    }

    /** The parent sends nothing ahead then. */
    private static void tellNot(Throwable reason) {
        System.getLogger("io.loky.worker").log(Level.DEBUG, "tasks cannot be sent ahead to this worker", reason);
    }
}
