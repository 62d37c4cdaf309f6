/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import java.io.InvalidObjectException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a message says of a lambda, but for what it captures. Nothing has been made of it yet. */
public interface DescribedLambda {
    /** The classes that it names, those which an object stream names, too; the first is the host. */
    List<Class<?>> classes();

    /**
     * How many values a lambda captures.
     *
     * @throws InvalidObjectException if the description does not say so
     */
    int captures() throws InvalidObjectException;

    /** What an object stream has in place of such a lambda, and makes it of when its filter has allowed that. */
    Object standIn(@Nullable Object[] values);
}
