/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import io.loky.ResultSerializationException;
import io.loky.internal.codec.CodecFailedException;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.SafeText;
import io.loky.internal.codec.ThrowableCodec;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameType;
import java.io.InvalidClassException;

/**
 * Turns what a worker has answered into a value or a failure; whatever is wrong with it becomes a failure, too.
 *
 * @param codec of the answer
 * @param site where what is answered was submitted
 */
public record AnswerDecoder(ObjectCodec codec, SubmitSite site) {

    /**
     * @param subject what is answered, for messages
     * @param workerPid who has answered
     */
    @SuppressWarnings("unchecked") // the task's static type says what it returns
    public <V> Decoded<V> decode(Frame answer, String subject, long workerPid) {
        if (answer.skipped() > 0) {
            String what = answer.type() == FrameType.ERROR ? "the exception of " : "the result of ";
            return failed(new ResultSerializationException(
                    what + subject + " is " + answer.skipped() + " bytes long, for which the heap of this JVM (at most "
                            + Runtime.getRuntime().maxMemory() + " bytes) has no room; give it a larger heap (-Xmx), or"
                            + " let the task return less",
                    null));
        }
        if (answer.type() == FrameType.ERROR) {
            return new Decoded<>(null, throwable(answer, subject, workerPid));
        }
        try {
            return new Decoded<>((V) codec.read(answer.payload(), answer.sections()), null);
        } catch (Throwable e) { // also what the user's readObject throws, stack overflows included
            return failed(new ResultSerializationException(
                    "the result of " + subject + " could not be rebuilt in the parent: " + reason(e), e));
        }
    }

    private static String reason(Throwable e) {
        if (e instanceof CodecFailedException) {
            return String.valueOf(e.getMessage());
        }
        if (e instanceof InvalidClassException invalid && invalid.getCause() instanceof InvalidClassException) {
            return invalid.getMessage()
                    + "; let it (ProcessPoolOptions.resultFilter, jdk.serialFilter) allow this class"
                    + " if results may hold it";
        }
        return SafeText.of(e) + "; its classes must be there, and their readObject must work";
    }

    private Throwable throwable(Frame answer, String subject, long workerPid) {
        Throwable thrown;
        try {
            thrown = new ThrowableCodec(codec).read(answer.payload(), answer.sections());
        } catch (Throwable e) { // whatever it is, the future must be completed
            return local(new ResultSerializationException(
                    "the exception that " + subject + " ended with could not be rebuilt in the parent: "
                            + SafeText.of(e),
                    e));
        }
        try {
            site.appendTo(thrown, workerPid);
        } catch (Throwable e) {
            // The user's class overrides getStackTrace or setStackTrace, and fails there: it goes without the site.
        }
        return thrown;
    }

    private <V> Decoded<V> failed(ResultSerializationException failure) {
        return new Decoded<>(null, local(failure));
    }

    /** An exception of the library's own, with the frames of the submit: those of a service thread help nobody. */
    private Throwable local(Throwable failure) {
        site.replaceIn(failure);
        return failure;
    }
}
