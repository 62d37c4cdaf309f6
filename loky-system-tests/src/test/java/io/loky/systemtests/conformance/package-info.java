/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The contract of {@link java.util.concurrent.ExecutorService} and what belongs to it, method by method, as the JDK
 * documents it. Each {@code ...Contract} holds tests that run twice: on a {@link
 * java.util.concurrent.ThreadPoolExecutor}, which is right by definition, and on a process pool. Where the two differ
 * on purpose the test says what each of them does, and {@code docs/differences.md} says why.
 */
package io.loky.systemtests.conformance;
