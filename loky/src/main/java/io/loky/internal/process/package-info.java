/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the operating system knows about processes and the JDK does not tell: sessions, exact start times, zombies. Used by
 * both sides, knows neither. Read from Linux's {@code /proc}; elsewhere the questions have the answer "not known".
 */
@NullMarked
package io.loky.internal.process;

import org.jspecify.annotations.NullMarked;
