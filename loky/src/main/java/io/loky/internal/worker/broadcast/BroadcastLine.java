/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.broadcast;

import io.loky.internal.wire.BroadcastAnswer;
import io.loky.internal.wire.BroadcastAsk;

/** A way to ask the parent, from any thread. */
public interface BroadcastLine {
    /** Waits for the answer, also when interrupted. It comes, or this JVM ends with its parent. */
    BroadcastAnswer ask(BroadcastAsk question);
}
