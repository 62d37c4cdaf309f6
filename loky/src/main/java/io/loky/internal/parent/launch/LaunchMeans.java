/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import java.io.IOException;
import java.util.List;

/** What this system has for starting workers, for whoever wants to know. */
public final class LaunchMeans {
    private LaunchMeans() {}

    /**
     * The commands that give a worker a session of its own; empty where there are none.
     *
     * @throws IOException if the system property about it has a value that it cannot have
     */
    public static List<String> session() throws IOException {
        return LaunchPrefix.get();
    }

    /**
     * {@code pipes} or {@code loopback}.
     *
     * @throws IOException if the system property about it has a value that it cannot have
     */
    public static String channel() throws IOException {
        return ParentChannel.kind();
    }
}
