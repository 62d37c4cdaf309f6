/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import io.loky.EndReason;

/**
 * A worker's end, which a task, or something that its worker did, is to blame for.
 *
 * @param reason why, as far as the pool knows: {@link EndReason#CRASHED} where it did not end it itself
 */
public record Death(WorkerEnd end, EndReason reason) {
    /** Whether it came by itself, and not by a limit that the user has set or by what the user wanted. */
    public boolean isCrash() {
        return reason == EndReason.CRASHED || reason == EndReason.UNRESPONSIVE;
    }
}
