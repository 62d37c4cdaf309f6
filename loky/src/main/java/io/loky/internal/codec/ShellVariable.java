/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import org.jspecify.annotations.Nullable;

/**
 * A variable of a shell's top level, as it travels with the tasks that use it.
 *
 * @param owner the class whose static field it is
 * @param name of the field
 * @param value as an {@link ObjectCodec} writes it; null if it cannot be sent: then the field gets its default value, lest it
 *     keep the one that an earlier task has brought
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier that is read once, never compared
public record ShellVariable(String owner, String name, byte @Nullable [] value) {}
