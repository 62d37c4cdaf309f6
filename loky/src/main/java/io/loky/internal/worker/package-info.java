/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What runs in a worker JVM. {@link io.loky.internal.worker.WorkerMain} is its main class: it greets the parent, then its
 * main thread takes one task at a time from the {@link io.loky.internal.worker.Inbox}, runs it, and answers. One more
 * thread stands in as the reader while a task is long, so that the parent's death is noticed at any time, or while somebody
 * waits for a class, which {@link io.loky.internal.worker.Questions} asks the parent for.
 */
@NullMarked
package io.loky.internal.worker;

import org.jspecify.annotations.NullMarked;
