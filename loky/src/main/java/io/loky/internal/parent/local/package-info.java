/* SPDX-License-Identifier: Apache-2.0 */
/** Tasks on threads of this JVM instead of in worker processes, for debugging. */
@NullMarked
package io.loky.internal.parent.local;

import org.jspecify.annotations.NullMarked;
