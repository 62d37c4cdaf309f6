/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import org.jspecify.annotations.Nullable;

/** What an answer holds; the value may be null without a failure. */
public record Decoded<V>(@Nullable V value, @Nullable Throwable failure) {}
