/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Runs tasks that have come as bytes, and answers them with bytes: in a worker JVM, or on a thread of the parent where its tasks
 * run in process. Knows neither side.
 */
@NullMarked
package io.loky.internal.execution;

import org.jspecify.annotations.NullMarked;
