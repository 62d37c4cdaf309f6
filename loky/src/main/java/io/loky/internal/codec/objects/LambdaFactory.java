/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import java.io.InvalidObjectException;
import org.jspecify.annotations.Nullable;

/** Makes the lambdas of one description out of what they capture. Asks no filter. Thread-safe. */
public interface LambdaFactory extends DescribedLambda {
    @Override
    int captures();

    /**
     * A lambda that has captured these values, boxed where it captures primitives; null where only an object stream can make
     * it.
     *
     * @throws InvalidObjectException if it cannot be made: one of the values is of another class
     */
    @Nullable
    Object make(@Nullable Object[] values) throws InvalidObjectException;
}
