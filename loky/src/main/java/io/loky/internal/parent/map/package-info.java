/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A function over many items. {@link io.loky.internal.parent.map.ItemMap} is what the user's stream asks: it takes the items, a
 * window ahead of the results, and hands them out; a {@link io.loky.internal.parent.map.Chunk} is the task that carries some of
 * them to a worker.
 */
@NullMarked
package io.loky.internal.parent.map;

import org.jspecify.annotations.NullMarked;
