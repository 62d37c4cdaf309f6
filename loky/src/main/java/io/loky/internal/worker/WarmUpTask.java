/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.SerializableCallable;
import io.loky.internal.wire.FrameType;
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
            AQAAAKztAAVzcgAhamF2YS5sYW5nLmludm9rZS5TZXJpYWxpemVkTGFtYmRhb2HQlCwpNoUCAApJAA5pbXBsTWV0aG9kS2luZFsA
            DGNhcHR1cmVkQXJnc3QAE1tMamF2YS9sYW5nL09iamVjdDtMAA5jYXB0dXJpbmdDbGFzc3QAEUxqYXZhL2xhbmcvQ2xhc3M7TAAY
            ZnVuY3Rpb25hbEludGVyZmFjZUNsYXNzdAASTGphdmEvbGFuZy9TdHJpbmc7TAAdZnVuY3Rpb25hbEludGVyZmFjZU1ldGhvZE5h
            bWVxAH4AA0wAImZ1bmN0aW9uYWxJbnRlcmZhY2VNZXRob2RTaWduYXR1cmVxAH4AA0wACWltcGxDbGFzc3EAfgADTAAOaW1wbE1l
            dGhvZE5hbWVxAH4AA0wAE2ltcGxNZXRob2RTaWduYXR1cmVxAH4AA0wAFmluc3RhbnRpYXRlZE1ldGhvZFR5cGVxAH4AA3cBAHhw
            AAAABnVyABNbTGphdmEubGFuZy5PYmplY3Q7kM5YnxBzKWwCAAB3AQB4cAAAAAB2cgAiaW8ubG9reS5pbnRlcm5hbC53b3JrZXIu
            V2FybVVwVGFzawAAAAAAAAAAEgAAdwECeHIADmphdmEubGFuZy5FbnVtAAAAAAAAAAASAAB3AQB4cHQAHGlvL2xva3kvU2VyaWFs
            aXphYmxlQ2FsbGFibGV0AARjYWxsdAAUKClMamF2YS9sYW5nL09iamVjdDt0ACJpby9sb2t5L2ludGVybmFsL3dvcmtlci9XYXJt
            VXBUYXNrdAAGbnVtYmVydAADKClJcQB+AAw=
            """),
    /** Captures and returns what needs an object stream. */
    VALUES(FrameType.VALUE, """
            AQAAAKztAAVzcgAhamF2YS5sYW5nLmludm9rZS5TZXJpYWxpemVkTGFtYmRhb2HQlCwpNoUCAApJAA5pbXBsTWV0aG9kS2luZFsA
            DGNhcHR1cmVkQXJnc3QAE1tMamF2YS9sYW5nL09iamVjdDtMAA5jYXB0dXJpbmdDbGFzc3QAEUxqYXZhL2xhbmcvQ2xhc3M7TAAY
            ZnVuY3Rpb25hbEludGVyZmFjZUNsYXNzdAASTGphdmEvbGFuZy9TdHJpbmc7TAAdZnVuY3Rpb25hbEludGVyZmFjZU1ldGhvZE5h
            bWVxAH4AA0wAImZ1bmN0aW9uYWxJbnRlcmZhY2VNZXRob2RTaWduYXR1cmVxAH4AA0wACWltcGxDbGFzc3EAfgADTAAOaW1wbE1l
            dGhvZE5hbWVxAH4AA0wAE2ltcGxNZXRob2RTaWduYXR1cmVxAH4AA0wAFmluc3RhbnRpYXRlZE1ldGhvZFR5cGVxAH4AA3cBAHhw
            AAAABXVyABNbTGphdmEubGFuZy5PYmplY3Q7kM5YnxBzKWwCAAB3AQB4cAAAAAFzcgATamF2YS51dGlsLkFycmF5TGlzdHiB0h2Z
            x2GdAwABSQAEc2l6ZXcBAHhwAAAAA3cEAAAAA3QABHRleHRzcgARamF2YS5sYW5nLkludGVnZXIS4qCk94GHOAIAAUkABXZhbHVl
            dwEAeHIAEGphdmEubGFuZy5OdW1iZXKGrJUdC5TgiwIAAHcBAHhwAAAAAXNyABBqYXZhLmxhbmcuRG91YmxlgLPCSilr+wQCAAFE
            AAV2YWx1ZXcBAHhxAH4AC0AEAAAAAAAAeHZyACJpby5sb2t5LmludGVybmFsLndvcmtlci5XYXJtVXBUYXNrAAAAAAAAAAASAAB3
            AQJ4cgAOamF2YS5sYW5nLkVudW0AAAAAAAAAABIAAHcBAHhwdAAcaW8vbG9reS9TZXJpYWxpemFibGVDYWxsYWJsZXQABGNhbGx0
            ABQoKUxqYXZhL2xhbmcvT2JqZWN0O3QAE2phdmEvdXRpbC9BcnJheUxpc3R0AAVjbG9uZXEAfgAUcQB+ABQ=
            """),
    /** Throws. */
    FAILURE(FrameType.ERROR, """
            AQAAAKztAAVzcgAhamF2YS5sYW5nLmludm9rZS5TZXJpYWxpemVkTGFtYmRhb2HQlCwpNoUCAApJAA5pbXBsTWV0aG9kS2luZFsA
            DGNhcHR1cmVkQXJnc3QAE1tMamF2YS9sYW5nL09iamVjdDtMAA5jYXB0dXJpbmdDbGFzc3QAEUxqYXZhL2xhbmcvQ2xhc3M7TAAY
            ZnVuY3Rpb25hbEludGVyZmFjZUNsYXNzdAASTGphdmEvbGFuZy9TdHJpbmc7TAAdZnVuY3Rpb25hbEludGVyZmFjZU1ldGhvZE5h
            bWVxAH4AA0wAImZ1bmN0aW9uYWxJbnRlcmZhY2VNZXRob2RTaWduYXR1cmVxAH4AA0wACWltcGxDbGFzc3EAfgADTAAOaW1wbE1l
            dGhvZE5hbWVxAH4AA0wAE2ltcGxNZXRob2RTaWduYXR1cmVxAH4AA0wAFmluc3RhbnRpYXRlZE1ldGhvZFR5cGVxAH4AA3cBAHhw
            AAAABnVyABNbTGphdmEubGFuZy5PYmplY3Q7kM5YnxBzKWwCAAB3AQB4cAAAAAB2cgAiaW8ubG9reS5pbnRlcm5hbC53b3JrZXIu
            V2FybVVwVGFzawAAAAAAAAAAEgAAdwECeHIADmphdmEubGFuZy5FbnVtAAAAAAAAAAASAAB3AQB4cHQAHGlvL2xva3kvU2VyaWFs
            aXphYmxlQ2FsbGFibGV0AARjYWxsdAAUKClMamF2YS9sYW5nL09iamVjdDt0ACJpby9sb2t5L2ludGVybmFsL3dvcmtlci9XYXJt
            VXBUYXNrdAAEZmFpbHQAAygpSXEAfgAM
            """),
    /** Is not Serializable. */
    PLAIN_LAMBDA(FrameType.VALUE, """
            AQAAAKztAAVzcgAqaW8ubG9reS5pbnRlcm5hbC5jb2RlYy5vYmplY3RzLlBsYWluTGFtYmRhAAAAAAAAAAEDAAB3AQJ4cHNyAClp
            by5sb2t5LmludGVybmFsLmNvZGVjLm9iamVjdHMuTGFtYmRhRm9ybQAAAAAAAAABAwAAdwECeHB2cgAiaW8ubG9reS5pbnRlcm5h
            bC53b3JrZXIuV2FybVVwVGFzawAAAAAAAAAAEgAAdwECeHIADmphdmEubGFuZy5FbnVtAAAAAAAAAAASAAB3AQB4cHcEAAAAAXZy
            AB1qYXZhLnV0aWwuY29uY3VycmVudC5DYWxsYWJsZQAAAAAAAAAAAAAAdwEAeHB3IAAEY2FsbAAAAAEAFCgpTGphdmEvbGFuZy9P
            YmplY3Q7dnIAE2phdmEudXRpbC5BcnJheUxpc3R4gdIdmcdhnQMAAUkABHNpemV3AQB4cHc9AARzaXplAAMoKUkBABUoKUxqYXZh
            L2xhbmcvSW50ZWdlcjsAGChMamF2YS91dGlsL0FycmF5TGlzdDspVnhzcQB+AAkAAAADdwQAAAADdAAEdGV4dHNyABFqYXZhLmxh
            bmcuSW50ZWdlchLioKT3gYc4AgABSQAFdmFsdWV3AQB4cgAQamF2YS5sYW5nLk51bWJlcoaslR0LlOCLAgAAdwEAeHAAAAABc3IA
            EGphdmEubGFuZy5Eb3VibGWAs8JKKWv7BAIAAUQABXZhbHVldwEAeHEAfgAOQAQAAAAAAAB4eA==
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
        return switch (this) {
            case NUMBER -> (SerializableCallable<?>) WarmUpTask::number;
            case VALUES -> (SerializableCallable<?>) values::clone;
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
