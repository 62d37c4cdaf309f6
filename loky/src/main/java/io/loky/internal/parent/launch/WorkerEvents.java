/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.wire.Frame;

/** What happens to one worker, in this order. Called on that worker's own thread in the parent, or on one that gives it up. */
public interface WorkerEvents {
    /** It greeted, and waits for tasks. At most once. */
    void ready();

    /** It answered a task. */
    void answered(Frame answer);

    /** Its process has ended and all that it had sent was read; or it was given up. Exactly once. */
    void gone(WorkerEnd end);

    /** Nothing is left of it: no process that it started, no file. Exactly once, last. */
    void cleared();
}
