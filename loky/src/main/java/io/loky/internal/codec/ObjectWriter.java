/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;

/** An object stream whose classes are found again on the other side. */
class ObjectWriter extends ObjectOutputStream {
    private final ClassNames names;

    ObjectWriter(OutputStream out, ClassNames names) throws IOException {
        super(out);
        this.names = names;
        enableReplaceObject(true);
    }

    @Override
    protected void annotateClass(Class<?> type) throws IOException {
        if (!type.isPrimitive()) {
            names.annotate(type, this);
        }
    }

    @Override
    protected Object replaceObject(Object object) throws IOException {
        return StandIns.replace(object);
    }

    @Override
    protected void annotateProxyClass(Class<?> type) throws IOException {
        names.annotate(type, this);
    }
}
