/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * What stands before a {@link TaskCall}.
 *
 * @param loader the number of the class loader in whose context the task runs
 * @param length in bytes
 */
public record TaskHeader(int loader, int length) {

    public static void write(int loader, OutputStream out) throws IOException {
        LoaderNumber.write(loader, new DataOutputStream(out));
    }

    /**
     * @throws IOException if these are not a task's bytes
     */
    public static TaskHeader read(byte[] bytes) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        int loader = LoaderNumber.read(new DataInputStream(in));
        return new TaskHeader(loader, bytes.length - in.available());
    }
}
