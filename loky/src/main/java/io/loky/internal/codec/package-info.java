/* SPDX-License-Identifier: Apache-2.0 */
/** Tasks, values and throwables to bytes and back. Used by both sides, knows neither. */
@NullMarked
package io.loky.internal.codec;

import org.jspecify.annotations.NullMarked;
