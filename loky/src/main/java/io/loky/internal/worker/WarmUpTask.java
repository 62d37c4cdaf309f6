/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.SerializableCallable;
import io.loky.internal.wire.FrameType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A task of {@link WarmUp}, as the bytes that a parent would send. Not encoded in the worker: that would cost more than all
 * the rest, and hardly any worker encodes tasks.
 */
enum WarmUpTask {
    /** What every task needs. First, since a task that comes meanwhile waits for it. */
    NUMBER(FrameType.VALUE, """
            AQAAAAEakSDz8AAAAKgAAQEAImlvLmxva3kuaW50ZXJuYWwud29ya2VyLldhcm1VcFRhc2sAHGlvL2xva3kvU2VyaWFsaXphYmxl
            Q2FsbGFibGUABGNhbGwAFCgpTGphdmEvbGFuZy9PYmplY3Q7ACJpby9sb2t5L2ludGVybmFsL3dvcmtlci9XYXJtVXBUYXNrAAZu
            dW1iZXIAAygpSQAUKClMamF2YS9sYW5nL09iamVjdDsGAAI=
            """),
    /** Captures and returns what needs an object stream. */
    VALUES(FrameType.VALUE, """
            AQAAAACs7QAFc3IAIWphdmEubGFuZy5pbnZva2UuU2VyaWFsaXplZExhbWJkYW9h0JQsKTaFAgAKSQAOaW1wbE1ldGhvZEtpbmRb
            AAxjYXB0dXJlZEFyZ3N0ABNbTGphdmEvbGFuZy9PYmplY3Q7TAAOY2FwdHVyaW5nQ2xhc3N0ABFMamF2YS9sYW5nL0NsYXNzO0wA
            GGZ1bmN0aW9uYWxJbnRlcmZhY2VDbGFzc3QAEkxqYXZhL2xhbmcvU3RyaW5nO0wAHWZ1bmN0aW9uYWxJbnRlcmZhY2VNZXRob2RO
            YW1lcQB+AANMACJmdW5jdGlvbmFsSW50ZXJmYWNlTWV0aG9kU2lnbmF0dXJlcQB+AANMAAlpbXBsQ2xhc3NxAH4AA0wADmltcGxN
            ZXRob2ROYW1lcQB+AANMABNpbXBsTWV0aG9kU2lnbmF0dXJlcQB+AANMABZpbnN0YW50aWF0ZWRNZXRob2RUeXBlcQB+AAN3AQB4
            cAAAAAV1cgATW0xqYXZhLmxhbmcuT2JqZWN0O5DOWJ8QcylsAgAAdwEAeHAAAAABc3IAFGphdmEudXRpbC5BcnJheURlcXVlIHza
            LiQNoIsDAAB3AQB4cHcEAAAAA3QABHRleHRzcgARamF2YS5sYW5nLkludGVnZXIS4qCk94GHOAIAAUkABXZhbHVldwEAeHIAEGph
            dmEubGFuZy5OdW1iZXKGrJUdC5TgiwIAAHcBAHhwAAAAAXNyABBqYXZhLmxhbmcuRG91YmxlgLPCSilr+wQCAAFEAAV2YWx1ZXcB
            AHhxAH4AC0AEAAAAAAAAeHZyACJpby5sb2t5LmludGVybmFsLndvcmtlci5XYXJtVXBUYXNrAAAAAAAAAAASAAB3AQJ4cgAOamF2
            YS5sYW5nLkVudW0AAAAAAAAAABIAAHcBAHhwdAAcaW8vbG9reS9TZXJpYWxpemFibGVDYWxsYWJsZXQABGNhbGx0ABQoKUxqYXZh
            L2xhbmcvT2JqZWN0O3QAFGphdmEvdXRpbC9BcnJheURlcXVldAAFY2xvbmV0ABgoKUxqYXZhL3V0aWwvQXJyYXlEZXF1ZTtxAH4A
            FA==
            """),
    /** Throws. */
    FAILURE(FrameType.ERROR, """
            AQAAAAEawbWSPQAAAKYAAQEAImlvLmxva3kuaW50ZXJuYWwud29ya2VyLldhcm1VcFRhc2sAHGlvL2xva3kvU2VyaWFsaXphYmxl
            Q2FsbGFibGUABGNhbGwAFCgpTGphdmEvbGFuZy9PYmplY3Q7ACJpby9sb2t5L2ludGVybmFsL3dvcmtlci9XYXJtVXBUYXNrAARm
            YWlsAAMoKUkAFCgpTGphdmEvbGFuZy9PYmplY3Q7BgAC
            """),
    /** Is not Serializable, and captures what needs no object stream. */
    PLAIN_LAMBDA(FrameType.VALUE, """
            AQAAAAEa7zmJ0AAAALcAAwADACJpby5sb2t5LmludGVybmFsLndvcmtlci5XYXJtVXBUYXNrAB1qYXZhLnV0aWwuY29uY3VycmVu
            dC5DYWxsYWJsZQATamF2YS51dGlsLkFycmF5TGlzdAEBAARjYWxsAQAUKClMamF2YS9sYW5nL09iamVjdDsCAARzaXplAAMoKUkB
            ABUoKUxqYXZhL2xhbmcvSW50ZWdlcjsAGChMamF2YS91dGlsL0FycmF5TGlzdDspVgIAABYAAAADCgAAAAR0ZXh0BgAAAAEJQAQA
            AAAAAAA=
            """);

    private final FrameType answer;
    private final String message;

    WarmUpTask(FrameType answer, String message) {
        this.answer = answer;
        this.message = message;
    }

    /** As it would come in a frame. */
    byte[] message() {
        return Base64.getMimeDecoder().decode(message);
    }

    FrameType answer() {
        return answer;
    }

    /** What the message is made of. References to methods, since the names of lambdas are up to the compiler. */
    Callable<?> task() {
        ArrayList<Object> values = new ArrayList<>(List.of("text", 1, 2.5));
        ArrayDeque<Object> deque = new ArrayDeque<>(values);
        return switch (this) {
            case NUMBER -> (SerializableCallable<?>) WarmUpTask::number;
            case VALUES -> (SerializableCallable<?>) deque::clone;
            case FAILURE -> (SerializableCallable<?>) WarmUpTask::fail;
            case PLAIN_LAMBDA -> (Callable<?>) values::size;
        };
    }

    private static int number() {
        return 1;
    }

    private static int fail() {
        throw new IllegalStateException("a task of the warm-up");
    }
}
