/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.ResultSerializationException;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.SafeText;
import io.loky.internal.codec.ThrowableCodec;
import io.loky.internal.parent.crash.InitializerFailure;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import java.util.function.Supplier;

/**
 * What each worker of a pool is sent before it counts as ready: a task like others, with the number {@link #ID}, which no
 * other has.
 *
 * @param frame encoded once, when the pool was made
 * @param codec of what it throws
 */
public record Initializer(EncodedFrame frame, ObjectCodec codec) {
    public static final long ID = 0;

    public InitializerFailure failure(Frame answer) {
        if (answer.skipped() > 0) {
            return InitializerFailure.threw(() -> new ResultSerializationException(
                    "the exception of the initializer is " + answer.skipped()
                            + " bytes long, for which the heap of this JVM has no room",
                    null));
        }
        Supplier<Throwable> decoder = () -> decode(answer);
        return InitializerFailure.threw(decoder);
    }

    private Throwable decode(Frame answer) {
        try {
            return new ThrowableCodec(codec).read(answer.payload(), answer.sections());
        } catch (Throwable e) { // whatever it is, the futures that wait must be completed
            return new ResultSerializationException(
                    "the exception of the initializer could not be rebuilt in the parent: " + SafeText.of(e), e);
        }
    }
}
