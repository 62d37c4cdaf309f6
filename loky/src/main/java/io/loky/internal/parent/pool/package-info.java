/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The pool: its state, and the shell around it.
 *
 * <pre>
 *   caller ---- submit ----&gt; +-------------+                    +----------------+
 *   caller ---- cancel ----&gt; | ProcessPool |  events, the time  |   PoolState    |
 *   worker thread: ready,    |  (shell,    | -----------------&gt; |  (pure, under  |
 *     answer, gone --------&gt; |   one lock) | &lt;----------------- |   the lock)    |
 *   timer ----- tick ------&gt; +-------------+      actions       +----------------+
 *                                   |
 *                                   +--&gt; after the lock is released: send, start, retire, kill, fail
 * </pre>
 *
 * {@link io.loky.internal.parent.pool.PoolState} decides everything and does nothing; {@link
 * io.loky.internal.parent.pool.ProcessPool} does everything and decides nothing.
 */
@NullMarked
package io.loky.internal.parent.pool;

import org.jspecify.annotations.NullMarked;
