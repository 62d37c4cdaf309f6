/* SPDX-License-Identifier: Apache-2.0 */
/** What this process may use of its machine: CPUs and memory, and what limits them. Knows nothing of pools. */
@NullMarked
package io.loky.internal.machine;

import org.jspecify.annotations.NullMarked;
