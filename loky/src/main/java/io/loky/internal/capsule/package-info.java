/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is kept of a task that killed its worker, so that it can be run again, alone: {@link io.loky.internal.capsule.Capsule},
 * and the file that it is in. Knows neither side.
 */
@NullMarked
package io.loky.internal.capsule;

import org.jspecify.annotations.NullMarked;
