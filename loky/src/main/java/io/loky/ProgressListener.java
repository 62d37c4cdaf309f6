/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

/**
 * Hears how far a {@link ProcessPoolExecutor#map map} has come. It runs in the parent JVM, on a thread of the library
 * that serves no worker, never on two threads at once for one map; it should return quickly, since a call that has not
 * returned holds up the next one.
 *
 * <p>Not available yet: {@link MapOptions#progress} refuses every listener in this version.
 */
@FunctionalInterface
public interface ProgressListener {

    /**
     * Some more items are done.
     *
     * @param done how many items have a result so far, failed ones included; never less than in the call before
     * @param total how many items there are; -1 if that is not known
     */
    void onProgress(long done, long total);
}
