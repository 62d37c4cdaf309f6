/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.broadcast;

import io.loky.internal.codec.SharedValue;
import java.util.UUID;

/** Where a worker has the values of broadcasts from. Thread-safe. */
public interface Uplink {
    /**
     * The value, from the parent if this worker does not have it yet.
     *
     * @throws IllegalStateException if the broadcast is over, or the parent knows nothing of it
     * @throws io.loky.TaskSerializationException if the value cannot be rebuilt here
     */
    SharedValue.Read value(Ticket ticket);

    /** Whether this worker has it, and it is not over. */
    boolean has(UUID id);
}
