/* SPDX-License-Identifier: Apache-2.0 */
/** What workers print, on its way from their pipes to where it should go: lines, the tasks that they belong to, targets. */
@NullMarked
package io.loky.internal.parent.output;

import org.jspecify.annotations.NullMarked;
