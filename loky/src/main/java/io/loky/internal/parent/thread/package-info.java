/* SPDX-License-Identifier: Apache-2.0 */
/** The library's own threads in the parent. */
@NullMarked
package io.loky.internal.parent.thread;

import org.jspecify.annotations.NullMarked;
