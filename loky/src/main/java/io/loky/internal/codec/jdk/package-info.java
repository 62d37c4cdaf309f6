/* SPDX-License-Identifier: Apache-2.0 */
/** The one way into what the JDK keeps to itself. A leaf. */
@NullMarked
package io.loky.internal.codec.jdk;

import org.jspecify.annotations.NullMarked;
