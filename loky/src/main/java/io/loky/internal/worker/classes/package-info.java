/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The parent's class loaders, as a worker sees them: {@link io.loky.internal.worker.classes.Mirrors} has one mirror for each
 * that a task has mentioned, and {@link io.loky.internal.worker.classes.Mirror} asks the parent for what it does not have.
 * {@code io.loky.internal.parent.classes} is the other side, and shows both.
 */
@NullMarked
package io.loky.internal.worker.classes;

import org.jspecify.annotations.NullMarked;
