/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Whether this worker is still fit for the next task: its memory, what tasks have left behind, what the user's own check
 * says. It says so to the parent before that sends the next task.
 */
@NullMarked
package io.loky.internal.worker.health;

import org.jspecify.annotations.NullMarked;
