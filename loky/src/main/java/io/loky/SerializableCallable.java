/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.io.Serializable;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Callable} that can be sent to another JVM. A lambda or method reference that is written where this type is
 * expected is serializable by itself; what it captures has to be serializable too.
 *
 * @param <V> the type of the result
 */
@FunctionalInterface
public interface SerializableCallable<V extends @Nullable Object> extends Callable<V>, Serializable {}
