/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Closes what is given up anyway. */
final class Closing {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    private Closing() {}

    static void quietly(@Nullable Closeable closeable) {
        if (closeable == null) {
            return;
        }
        try {
            closeable.close();
        } catch (IOException e) {
            // A stream to a dead process fails to flush what was meant for it.
            LOG.log(Level.TRACE, () -> "closing failed: " + e);
        }
    }
}
