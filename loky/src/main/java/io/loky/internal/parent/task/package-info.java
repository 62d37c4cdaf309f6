/* SPDX-License-Identifier: Apache-2.0 */
/** A task's life in the parent: its state, its future, where it was submitted, and the streams that {@code map} returns. */
@NullMarked
package io.loky.internal.parent.task;

import org.jspecify.annotations.NullMarked;
