/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Small programs on Loky for Java, one runnable {@code main} for each idea.
 *
 * <p>{@link io.loky.examples.Hello} is the shortest: a few greetings from four worker processes.
 * {@link io.loky.examples.Census} does real work: it reads every class file of every jar in some folders.
 */
@NullMarked
package io.loky.examples;

import org.jspecify.annotations.NullMarked;
