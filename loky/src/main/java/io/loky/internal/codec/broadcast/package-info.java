/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Handles on values that are sent once to each worker, and what stands for them in a message. Used by both sides, knows neither.
 *
 * <pre>
 *   the JVM that made it            on the way          a worker, and workers of its own
 *   OwnBroadcast  -- writeReplace --&gt; Ticket -- readResolve --&gt; RemoteBroadcast -- get --&gt; Uplink
 *        ^                              |
 *        +--------- readResolve --------+               back home it is the same object again
 * </pre>
 */
@NullMarked
package io.loky.internal.codec.broadcast;

import org.jspecify.annotations.NullMarked;
