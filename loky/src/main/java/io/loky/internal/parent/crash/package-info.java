/* SPDX-License-Identifier: Apache-2.0 */
/** From the evidence that a dead worker leaves to the exceptions that its tasks end with. */
@NullMarked
package io.loky.internal.parent.crash;

import org.jspecify.annotations.NullMarked;
