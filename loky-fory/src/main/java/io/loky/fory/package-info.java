/* SPDX-License-Identifier: Apache-2.0 */
/** A codec by Apache Fory. */
@NullMarked
package io.loky.fory;

import org.jspecify.annotations.NullMarked;
