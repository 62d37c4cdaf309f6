/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.List;
import java.util.Objects;

/**
 * What a task printed, on both streams, in its order. Immutable and thread-safe.
 *
 * @param text the end of it, as much as {@link OutputRouting#andCapture} keeps; each line is decoded as {@link
 *     OutputLine#text()} is
 * @param droppedBytes how many bytes there were before that; 0 if {@code text} is all
 */
public record TaskOutput(String text, long droppedBytes) {

    /**
     * Makes an output.
     *
     * @param text see {@link #text()}
     * @param droppedBytes see {@link #droppedBytes()}
     * @throws NullPointerException if {@code text} is {@code null}
     */
    public TaskOutput {
        Objects.requireNonNull(text, "text");
    }

    /**
     * Returns the lines of the text. Where bytes were dropped the first may be the end of a line.
     *
     * @return an immutable list
     */
    public List<String> lines() {
        return text.lines().toList();
    }

    /**
     * Returns the text, behind a line that tells how much is missing where something is.
     *
     * @return the text
     */
    @Override
    public String toString() {
        return droppedBytes == 0 ? text : "(" + droppedBytes + " bytes before this were not kept)\n" + text;
    }
}
