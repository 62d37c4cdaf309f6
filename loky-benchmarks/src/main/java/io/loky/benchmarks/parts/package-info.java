/* SPDX-License-Identifier: Apache-2.0 */
/** The parts of a task's way, measured one by one with JMH. The only benchmarks that know the library from the inside. */
@NullMarked
package io.loky.benchmarks.parts;

import org.jspecify.annotations.NullMarked;
