/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Values that workers ask for: where they are, who has them, and when they go.
 *
 * <pre>
 *   broadcast(value)  -- encoded once --&gt; Publication -- a file in shared memory, or bytes in the heap
 *                                           ^  |
 *        BROADCAST_ASK, of a worker  -&gt; BroadcastDesk  -&gt; BROADCAST_ANSWER: the file, or the next bytes
 *                                              |
 *        close, unreachable, end of the pool   +------&gt; FORGET_BROADCAST, to those that have asked
 * </pre>
 */
@NullMarked
package io.loky.internal.parent.broadcast;

import org.jspecify.annotations.NullMarked;
