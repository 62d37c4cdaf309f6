/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What crosses between the two JVMs: frames, the token, the begin mark, the pulse and the worker's exit codes. Used by both sides,
 * knows neither.
 *
 * <pre>
 *   parent                                   worker
 *     token (32 raw bytes)  ---------------&gt;          proof of who started it
 *     &lt;---------------------------------  HELLO      token, protocol version, pid, Java version
 *     TASK #n               ---------------&gt;
 *     &lt;---------------------------------  VALUE #n | ERROR #n
 *     &lt;---------------------------------  CLASS_ASK @m   at any time after HELLO, whatever the tasks do
 *     CLASS_ANSWER @m       ---------------&gt;          in any order
 *     FORGET                ---------------&gt;          class loaders that are gone; at any time
 *     &lt;---------------------------------  BROADCAST_ASK @m   in the same way
 *     BROADCAST_ANSWER @m   ---------------&gt;
 *     FORGET_BROADCAST      ---------------&gt;          values that are not needed any more; at any time
 *     RETIRE                ---------------&gt;          leave; end of stream without it means: the parent is gone
 * </pre>
 */
@NullMarked
package io.loky.internal.wire;

import org.jspecify.annotations.NullMarked;
