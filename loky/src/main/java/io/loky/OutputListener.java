/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

/**
 * Gets what the workers of a pool print, line by line; see {@link OutputRouting#callback}.
 *
 * <p>The lines of one worker come in their order and one at a time, on the thread that reads the output of that worker; those
 * of different workers come at the same time, so an implementation is thread-safe. As long as a call has not returned, the
 * worker's output is not read: when the pipe is full (64 KiB on Linux), its task waits in {@code println}. Other workers do
 * not wait. A listener that throws is logged, as a warning the first time, and gets the next line.
 */
@FunctionalInterface
public interface OutputListener {

    /**
     * A worker has printed a line.
     *
     * @param line the line, never {@code null}
     */
    void onLine(OutputLine line);
}
