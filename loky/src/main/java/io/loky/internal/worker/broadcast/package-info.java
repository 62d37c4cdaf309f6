/* SPDX-License-Identifier: Apache-2.0 */
/** The values of broadcasts in a worker: where they come from, and how long they stay. */
@NullMarked
package io.loky.internal.worker.broadcast;

import org.jspecify.annotations.NullMarked;
