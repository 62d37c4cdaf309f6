/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What extenders implement: {@link io.loky.spi.TaskCodec} turns objects into bytes, {@link io.loky.spi.PoolListener}
 * hears about the workers of a pool, {@link io.loky.spi.ClassBytesProvider} knows class files that a class loader hides. Programs that only submit tasks need nothing from here.
 */
@NullMarked
package io.loky.spi;

import org.jspecify.annotations.NullMarked;
