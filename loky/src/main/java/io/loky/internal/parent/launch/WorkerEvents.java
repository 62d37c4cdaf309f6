/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.wire.Frame;

/** What happens to one worker. Called on that worker's own thread in the parent, in this order. */
public interface WorkerEvents {
    /** It greeted, and waits for tasks. At most once. */
    void ready();

    /** It answered a task. */
    void answered(Frame answer);

    /** Its process has ended and all that it had sent was read. Exactly once, last. */
    void gone(WorkerEnd end);
}
