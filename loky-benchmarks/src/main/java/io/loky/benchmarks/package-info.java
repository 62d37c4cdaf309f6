/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Whole-process benchmarks: Loky for Java beside the pools of Python, what Maven Central has for the same job, a thread pool of the JDK, and
 * the raw limits of the machine.
 *
 * <pre>
 * Benchmarks -> Arguments, Effort -> Schedule (who is measured when) -> Runner -> Contenders
 *            -> Results -> Goals -> Report (text, made with Table), ResultsJson (file)
 * ResultsFile (that file, read again) -> Compare (two of them)
 *                                     -> Draw -> Charts (BarChart, LineChart: Svg), Tables, Markers
 *
 * Contenders: LokyJava, LokyScale, LokyBook, AtRest, Jobs     this library, under one name (Together)
 *             RawLimit, RawSameThread, Copies                 limits
 *             ThreadPool, Jobs                                the upper bound
 *             RemotePeer <- PythonPeer (python_peer.py), JvmPeers (io.loky.benchmarks.peers)
 * </pre>
 *
 * <p>A figure counts only beside one of the same run, so the contenders take turns in every round. The contenders know only the
 * library's public API; its parts are measured in {@link io.loky.benchmarks.parts}. Programs of their own: {@link
 * io.loky.benchmarks.Sawtooth}, {@link io.loky.benchmarks.FreshProcess}, {@link io.loky.benchmarks.CrashTimes}, {@link
 * io.loky.benchmarks.WatchingCost}, {@link io.loky.benchmarks.LambdaCost}.
 */
@NullMarked
package io.loky.benchmarks;

import org.jspecify.annotations.NullMarked;
