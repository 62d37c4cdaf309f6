/* SPDX-License-Identifier: Apache-2.0 */
/**
 * For tests of programs that use a pool of Loky: {@link io.loky.testkit.Faults} makes tasks that harm their worker,
 * {@link io.loky.testkit.PoolAssert} checks that a pool has survived and that nothing is left of one, and
 * {@link io.loky.testkit.ChaosMonkey} does all kinds of harm to a pool under load and accounts for every task.
 *
 * <p>The kit needs no test framework: what is wrong is thrown as an {@link java.lang.AssertionError}.
 *
 * <p>No method or constructor of this package takes or returns {@code null} unless a type says {@code @Nullable};
 * {@code null} elsewhere is refused at once with a {@link java.lang.NullPointerException} that names the parameter.
 */
@NullMarked
package io.loky.testkit;

import org.jspecify.annotations.NullMarked;
