/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

/** What happened in a run, in words; or nothing, since a million runs that hold need no words. */
final class Journal {
    static final Journal NONE = new Journal(false);

    private final boolean kept;
    private final StringBuilder text = new StringBuilder();

    private Journal(boolean kept) {
        this.kept = kept;
    }

    static Journal kept() {
        return new Journal(true);
    }

    /** Asked before a line is put together: that costs more than the step it tells of. */
    boolean isKept() {
        return kept;
    }

    void line(String words) {
        if (kept) {
            text.append(words).append('\n');
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
