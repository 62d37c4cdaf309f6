/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.codec.CodecFailedException;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.SafeText;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.codec.UnsendableException;
import io.loky.internal.codec.objects.Culprits;
import io.loky.internal.wire.FrameTooLargeException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The words for a task or a value that cannot be sent: what, why, and what to do. */
final class Refusals {
    private Refusals() {}

    /** @param sketch what the value is, in a few words */
    static String cannotBeShared(String sketch, @Nullable Object value, ObjectCodec codec, Throwable reason) {
        String prefix = "the broadcast of " + sketch + " cannot be sent to worker processes: ";
        if (reason instanceof UnsendableException unsendable) {
            return prefix + "it holds a " + unsendable.className() + ", which " + unsendable.obstacle()
                    + "; let tasks create it themselves, or broadcast only the values that they need"
                    + culprits(value, codec);
        }
        if (reason instanceof CodecFailedException failed) {
            return prefix + failed.getMessage() + (failed.isOfUnsendable() ? culprits(value, codec) : "");
        }
        if (reason instanceof FrameTooLargeException) {
            return prefix + reason.getMessage() + "; or as an array of a primitive type, which may have any length";
        }
        return prefix + SafeText.of(reason) + "; this came from serializing the value";
    }

    private static String culprits(@Nullable Object value, ObjectCodec codec) {
        return Culprits.lines(codec.culprits(new Culprits.Root("the value", value)));
    }

    static String cannotBeSent(String task, TaskCall call, ObjectCodec codec, Throwable reason) {
        Class<?> function = call.functionClass();
        String prefix = task + " cannot be sent to a worker process: ";
        if (reason instanceof UnsendableException unsendable) {
            String culprit = unsendable.className();
            if (function.getName().equals(culprit)) {
                if (Future.class.isAssignableFrom(function)) {
                    return prefix + "it is itself a future (" + function.getName()
                            + "), and a copy of it in a worker would complete nobody's; pass the callable or runnable that"
                            + " it was made from to submit, which returns a future, and the pool itself, not a view of"
                            + " it, to ExecutorCompletionService";
                }
                return prefix + "its function, " + function.getName() + ", " + unsendable.obstacle()
                        + "; or pass the lambda or method reference directly to the pool's own method, or declare its variable"
                        + " as SerializableCallable, SerializableRunnable or SerializableFunction";
            }
            return prefix + "it holds a " + culprit + ", which " + unsendable.obstacle()
                    + "; let the task create it itself, or pass only the values that it needs"
                    + Culprits.lines(call.culprits(codec));
        }
        if (reason instanceof CodecFailedException failed) {
            return prefix + failed.getMessage() + (failed.isOfUnsendable() ? Culprits.lines(call.culprits(codec)) : "");
        }
        if (reason instanceof FrameTooLargeException) {
            return prefix + reason.getMessage();
        }
        return prefix + SafeText.of(reason) + "; this came from serializing what the task holds";
    }
}
