/* SPDX-License-Identifier: Apache-2.0 */
/** From options to a running worker JVM and back to the evidence of its end: command line, start, channel, output. */
@NullMarked
package io.loky.internal.parent.launch;

import org.jspecify.annotations.NullMarked;
