/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import io.loky.internal.wire.EncodedFrame;
import java.io.IOException;

/** Where answers go. */
public interface AnswerSink {
    /**
     * @throws IOException if the other side is gone
     */
    void send(EncodedFrame answer) throws IOException;
}
