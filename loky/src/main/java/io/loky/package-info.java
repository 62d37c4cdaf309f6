/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The public types of Loky for Java: pools of worker JVMs behind the interfaces of {@code java.util.concurrent}.
 *
 * <p>{@link io.loky.ProcessPoolExecutor} is the pool, {@link io.loky.TaskFuture} a task that was given to it,
 * {@link io.loky.ProcessPoolOptions} what a pool can be told, and {@link io.loky.ProcessPoolException} the root of what
 * the library itself reports as failures. {@link io.loky.Loky} shares one pool among the parts of a program.
 *
 * <p>No method or constructor of this package takes or returns {@code null} unless a type says {@code @Nullable};
 * {@code null} elsewhere is refused at once with a {@link java.lang.NullPointerException} that names the parameter.
 */
@NullMarked
package io.loky;

import org.jspecify.annotations.NullMarked;
