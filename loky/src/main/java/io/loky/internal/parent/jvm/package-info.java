/* SPDX-License-Identifier: Apache-2.0 */
/** The life of the JVM that has the pools: what keeps it from ending, and what is done when it ends. */
@NullMarked
package io.loky.internal.parent.jvm;

import org.jspecify.annotations.NullMarked;
