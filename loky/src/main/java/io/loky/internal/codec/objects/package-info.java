/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What becomes of an object that the JDK's object stream refuses, or would damage: a stand-in travels in its place. {@link
 * io.loky.internal.codec.objects.Handling} decides, class by class.
 */
@NullMarked
package io.loky.internal.codec.objects;

import org.jspecify.annotations.NullMarked;
