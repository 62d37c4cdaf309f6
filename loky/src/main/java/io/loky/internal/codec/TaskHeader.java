/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands before a {@link TaskCall}.
 *
 * @param loader the number of the class loader in whose context the task runs
 * @param variables of a shell, to be set before the task is read; mostly none
 * @param length in bytes
 */
public record TaskHeader(int loader, List<ShellVariable> variables, int length) {
    private static final int NO_VALUE = -1;

    public static void write(int loader, List<ShellVariable> variables, OutputStream target) throws IOException {
        DataOutputStream out = new DataOutputStream(target);
        LoaderNumber.write(loader, out);
        LoaderNumber.write(variables.size(), out);
        for (ShellVariable variable : variables) {
            out.writeUTF(variable.owner());
            out.writeUTF(variable.name());
            byte[] value = variable.value();
            out.writeInt(value == null ? NO_VALUE : value.length);
            if (value != null) {
                out.write(value);
            }
        }
    }

    /**
     * @throws IOException if these are not a task's bytes
     */
    public static TaskHeader read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int loader = LoaderNumber.read(in);
        int count = LoaderNumber.read(in);
        List<ShellVariable> variables = new ArrayList<>(0);
        for (int i = 0; i < count; i++) {
            String owner = in.readUTF();
            String name = in.readUTF();
            int length = in.readInt();
            if (length < NO_VALUE || length > in.available()) { // before anything is allocated
                throw new EOFException("a task announces a variable of " + length + " bytes");
            }
            variables.add(new ShellVariable(owner, name, length == NO_VALUE ? null : in.readNBytes(length)));
        }
        return new TaskHeader(loader, variables, bytes.length - in.available());
    }
}
