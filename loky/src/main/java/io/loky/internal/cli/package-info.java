/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The jar as a program: {@link io.loky.internal.cli.Main}. It tests the machine, and replays crash capsules. It prints, as programs do;
 * the library, which does not, knows nothing of it.
 */
@NullMarked
package io.loky.internal.cli;

import org.jspecify.annotations.NullMarked;
