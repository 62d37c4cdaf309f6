/* SPDX-License-Identifier: Apache-2.0 */
/** Archives of classes from which worker JVMs start faster: where they are kept, what tells one from another, which can be trusted. */
@NullMarked
package io.loky.internal.parent.archive;

import org.jspecify.annotations.NullMarked;
