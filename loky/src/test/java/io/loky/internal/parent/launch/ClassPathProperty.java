/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import java.io.File;

/** Another class path of this JVM, as far as the library looks at it, until it is closed. */
final class ClassPathProperty implements AutoCloseable {
    private static final String NAME = "java.class.path";

    private final String before = System.getProperty(NAME);

    ClassPathProperty(String... entries) {
        System.setProperty(NAME, String.join(File.pathSeparator, entries));
    }

    @Override
    public void close() {
        System.setProperty(NAME, before);
    }
}
