/* SPDX-License-Identifier: Apache-2.0 */
/** Reads what the library needs to know from class files. For both JVMs; knows neither. */
@NullMarked
package io.loky.internal.classfile;

import org.jspecify.annotations.NullMarked;
