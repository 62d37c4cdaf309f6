/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The classes of the user's program, for workers that do not have them.
 *
 * <p>A worker has the parent's class path, and finds there what it can. All other class loaders of the parent it mirrors:
 *
 * <pre>
 *   parent                                             worker
 *
 *   some loader = number 7 (weakly held)               mirror 7, made when the number first appears
 *        ^                                                  |
 *        |  Class.forName(name, false, loader 7)            | findClass(name): asks
 *   {@link io.loky.internal.parent.classes.ClassDesk}  &lt;---- CLASS_ASK ----------------+
 *        +--------------------- CLASS_ANSWER --------------&gt; the bytes, if loader 7 defines it; else the number of the one
 *                                                           that does, and mirror 7 passes on to that mirror
 * </pre>
 *
 * So the worker has the same loaders, with the same classes, delegating to each other in the same way: classes with the same
 * name stay apart, and what belongs to one package, nest or sealed hierarchy is in one loader there, too.
 */
@NullMarked
package io.loky.internal.parent.classes;

import org.jspecify.annotations.NullMarked;
