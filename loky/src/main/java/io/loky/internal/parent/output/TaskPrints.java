/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.output;

import io.loky.TaskOutput;
import java.util.Arrays;

/** A task as the output of its worker sees it: who it is, and the end of what it has printed so far. Thread-safe. */
public final class TaskPrints {
    private static final int INITIAL = 256;

    private final long taskId;
    private final String taskName;
    private final int limit;

    // A ring once it has grown to the limit; until then it begins at 0. Guarded by this.
    private byte[] ring = {};
    private int start;
    private int size;
    private long dropped;

    /**
     * @param limit how many bytes are kept; 0 for none
     */
    public TaskPrints(long taskId, String taskName, int limit) {
        this.taskId = taskId;
        this.taskName = taskName;
        this.limit = limit;
    }

    long taskId() {
        return taskId;
    }

    String taskName() {
        return taskName;
    }

    /** Whether somebody may ask for {@link #output}. */
    public boolean areKept() {
        return limit > 0;
    }

    synchronized void append(byte[] bytes) {
        if (limit == 0) {
            return;
        }
        int skipped = Math.max(0, bytes.length - limit);
        int length = bytes.length - skipped;
        grow(length);
        int pushedOut = Math.max(0, size + length - ring.length);
        start = (start + pushedOut) % ring.length;
        size -= pushedOut;
        int end = (start + size) % ring.length;
        int first = Math.min(length, ring.length - end);
        System.arraycopy(bytes, skipped, ring, end, first);
        System.arraycopy(bytes, skipped + first, ring, 0, length - first);
        size += length;
        dropped += skipped + pushedOut;
    }

    private void grow(int more) {
        long wanted = Math.min(limit, (long) size + more);
        if (wanted > ring.length) {
            ring = Arrays.copyOf(ring, (int) Math.min(limit, Math.max(wanted, Math.max(INITIAL, 2L * ring.length))));
        }
    }

    /** What there is up to now. */
    public synchronized TaskOutput output() {
        byte[] bytes = new byte[size];
        int first = Math.min(size, ring.length - start);
        System.arraycopy(ring, start, bytes, 0, first);
        System.arraycopy(ring, 0, bytes, first, size - first);
        int cut = dropped == 0 ? 0 : restOfCharacter(bytes);
        return new TaskOutput(LineText.ofAll(Arrays.copyOfRange(bytes, cut, size)), dropped + cut);
    }

    /** How many bytes at the beginning are the end of a character in UTF-8 whose beginning is gone. */
    private static int restOfCharacter(byte[] bytes) {
        int rest = 0;
        while (rest < 3 && rest < bytes.length && (bytes[rest] & 0xC0) == 0x80) {
            rest++;
        }
        return rest;
    }
}
