/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks.peers;

import java.io.Serializable;
import java.util.concurrent.Callable;

/** The task that returns what it was sent with. No record, since Ignite's own serialization cannot read one. */
final class Echo implements Callable<byte[]>, Serializable {

    private static final long serialVersionUID = 1L;

    private final byte[] bytes;

    Echo(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public byte[] call() {
        return bytes;
    }
}
