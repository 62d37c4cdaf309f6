/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Whole-process benchmarks: Loky for Java beside Python's process pools and the raw limit of two JVMs and a pipe.
 *
 * <pre>
 * Benchmarks -> Arguments, Effort -> Schedule (who is measured when) -> Runner -> Contender (LokyJava, PythonPeer,
 *                                                                                 RawLimit, RawSameThread)
 *            -> Results -> Goals -> Report (text, made with Table), ResultsJson (file)
 * </pre>
 *
 * <p>A figure counts only beside one of the same run, so the contenders take turns in every round. Only
 * {@link io.loky.benchmarks.LokyJava} knows the library, and only its public API.
 */
@NullMarked
package io.loky.benchmarks;

import org.jspecify.annotations.NullMarked;
