/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.map;

import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.parent.output.TaskPrints;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.Rerun;
import io.loky.internal.parent.task.SubmitSite;
import io.loky.internal.parent.task.TaskOwner;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the chunks of one map have in common, and what the map needs of its pool.
 *
 * @param <A> the type of the items
 * @param label names the chunks in messages
 * @param limitNanos how long a chunk may be with a worker; where there is a limit, chunks must have one item
 * @param rerun when an item may be executed more than once
 * @param codec of items and answers
 * @param head what stands before the items in each chunk
 * @param large from how many bytes on an array of an item travels behind its chunk
 * @param headFailure why there is no head: no item can be sent
 * @param site where the map was called
 * @param refusals of items that cannot be sent
 * @param ids gives each chunk its number
 * @param prints where what the chunk of this number prints is told apart; null where it is not
 * @param submit hands a chunk to the pool, or throws
 * @param workers how many the pool may have
 */
public record MapPlan<A>(
        String label,
        long limitNanos,
        Rerun rerun,
        ObjectCodec codec,
        MapHead head,
        long large,
        @Nullable Throwable headFailure,
        SubmitSite site,
        TaskOwner owner,
        Refusal<A> refusals,
        LongSupplier ids,
        LongFunction<@Nullable TaskPrints> prints,
        Consumer<RemoteTask<?>> submit,
        IntSupplier workers) {

    /** Makes the exception for an item that cannot be sent. */
    public interface Refusal<A> {
        /**
         * @param subject which item, for its message
         * @param reason what its encoding met
         */
        Throwable of(String subject, A item, Throwable reason);
    }

    /** Which item is meant, for messages. */
    String subject(Slot slot) {
        return "the item at index " + slot.index() + " of '" + label + "'";
    }
}
