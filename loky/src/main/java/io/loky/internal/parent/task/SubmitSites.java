/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The sites of tasks that wait, many of which were submitted at the same place.
 *
 * <p>A site takes some 0.7 kB, more than everything else of a small task: the JVM notes frames in blocks of 32. Whether two of them are equal
 * is seen only in the readable frames, which take a microsecond or two to make. So as long as few tasks wait each has a site of its own, and one that comes
 * behind many others shares that of the one before which came from the same place. Thread-safe.
 */
public final class SubmitSites {
    /** So many sites of their own take some 7 MB. */
    static final int MANY = 10_000;

    private static final int PLACES = 64;

    /**
     * The last one of each place. Whichever thread writes last wins, and nothing worse than memory can come of it. Weakly: a site refers to the
     * classes of its frames, and only tasks may keep those.
     */
    private final AtomicReferenceArray<@Nullable WeakReference<SubmitSite>> last = new AtomicReferenceArray<>(PLACES);

    /**
     * The calling thread, here.
     *
     * @param waiting how many tasks wait before this one, more or less
     */
    public SubmitSite here(int waiting) {
        SubmitSite site = new SubmitSite();
        if (waiting < MANY) {
            return site;
        }
        int hash = site.hash();
        int place = (hash ^ hash >>> 16) & PLACES - 1;
        WeakReference<SubmitSite> kept = last.get(place);
        SubmitSite known = kept == null ? null : kept.get();
        if (known != null && known.isLike(site)) {
            return known;
        }
        last.set(place, new WeakReference<>(site));
        return site;
    }
}
