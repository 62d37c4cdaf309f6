/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.map;

import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.SubmitSite;
import io.loky.internal.parent.task.TaskOwner;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the chunks of one map have in common, and what the map needs of its pool.
 *
 * @param <A> the type of the items
 * @param label names the chunks in messages
 * @param limitNanos how long a chunk may be with a worker; where there is a limit, chunks must have one item
 * @param codec of items and answers
 * @param head what stands before the items in each chunk
 * @param headFailure why there is no head: no item can be sent
 * @param site where the map was called
 * @param refusals the exception for an item that cannot be sent, and the reason
 * @param ids gives each chunk its number
 * @param submit hands a chunk to the pool, or throws
 * @param workers how many the pool may have
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record MapPlan<A>(
        String label,
        long limitNanos,
        ObjectCodec codec,
        byte[] head,
        @Nullable Throwable headFailure,
        SubmitSite site,
        TaskOwner owner,
        BiFunction<A, Throwable, Throwable> refusals,
        LongSupplier ids,
        Consumer<RemoteTask<?>> submit,
        IntSupplier workers) {}
