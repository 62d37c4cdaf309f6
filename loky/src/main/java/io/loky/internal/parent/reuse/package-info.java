/* SPDX-License-Identifier: Apache-2.0 */
/** The registry behind {@code Loky.getReusableExecutor}. */
@NullMarked
package io.loky.internal.parent.reuse;

import org.jspecify.annotations.NullMarked;
