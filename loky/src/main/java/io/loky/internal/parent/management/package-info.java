/* SPDX-License-Identifier: Apache-2.0 */
/** Pools among the managed objects (MBeans) of this JVM. The only place that needs the management of the JDK at run time. */
@NullMarked
package io.loky.internal.parent.management;

import org.jspecify.annotations.NullMarked;
