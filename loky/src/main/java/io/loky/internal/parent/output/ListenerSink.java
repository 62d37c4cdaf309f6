/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.output;

import io.loky.OutputLine;
import io.loky.OutputListener;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;

/** To a user's listener. */
final class ListenerSink implements LineSink {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    private final OutputListener listener;
    private final String worker;

    /** One warning tells enough where every line fails. */
    private boolean hasFailed;

    ListenerSink(OutputListener listener, String worker) {
        this.listener = listener;
        this.worker = worker;
    }

    @Override
    public void accept(byte[] line, Supplier<OutputLine> described) {
        try {
            listener.onLine(described.get());
        } catch (Throwable e) { // user code; if this thread ended, the worker would block on a full pipe
            Level level = hasFailed ? Level.DEBUG : Level.WARNING;
            hasFailed = true;
            LOG.log(
                    level,
                    worker + ": the output listener " + listener.getClass().getName()
                            + " failed; it misses this line and gets the next one",
                    e);
        }
    }
}
