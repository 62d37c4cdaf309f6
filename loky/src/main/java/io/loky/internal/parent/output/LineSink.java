/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.output;

import io.loky.OutputLine;
import io.loky.OutputRouting;
import java.util.function.Supplier;

/** Where the lines of one worker go. */
interface LineSink {
    /**
     * @param line as it was printed, its end included
     * @param described the same as text, with its source
     */
    void accept(byte[] line, Supplier<OutputLine> described);

    /**
     * @param worker for messages
     */
    static LineSink of(OutputRouting routing, String worker) {
        if (routing.listener().isPresent()) {
            return new ListenerSink(routing.listener().get(), worker);
        }
        if (routing.prefix().isPresent()) {
            return new StandardErrorSink(routing, worker);
        }
        return (line, described) -> {};
    }
}
