/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.output;

import io.loky.OutputLine;
import io.loky.OutputRouting;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.function.Supplier;

/** To the parent's standard error: as it is, or each line behind a prefix. */
final class StandardErrorSink implements LineSink {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    private final OutputRouting routing;
    private final String worker;
    private final boolean plain;

    StandardErrorSink(OutputRouting routing, String worker) {
        this.routing = routing;
        this.worker = worker;
        this.plain = routing.prefix().orElse("").isEmpty();
    }

    @Override
    public void accept(byte[] line, Supplier<OutputLine> described) {
        try {
            // In one write: other workers print, too.
            byte[] bytes = plain ? line : behind(LineText.encode(routing.prefixOf(described.get())), line);
            System.err.write(bytes, 0, bytes.length);
            System.err.flush();
        } catch (Throwable e) { // the user's own stream; if this thread ended, the worker would block on a full pipe
            LOG.log(Level.DEBUG, () -> worker + ": System.err does not take the output: " + e);
        }
    }

    private static byte[] behind(byte[] prefix, byte[] line) {
        boolean ended = line[line.length - 1] == '\n';
        byte[] bytes = Arrays.copyOf(prefix, prefix.length + line.length + (ended ? 0 : 1));
        System.arraycopy(line, 0, bytes, prefix.length, line.length);
        bytes[bytes.length - 1] = '\n';
        return bytes;
    }
}
