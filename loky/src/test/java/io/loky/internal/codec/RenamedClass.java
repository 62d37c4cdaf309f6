/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * A class that only its own loader knows: a copy of a class of the tests under another name of the same length. So it can
 * be missing on the other side without a second JVM.
 */
final class RenamedClass extends ClassLoader {
    private final String name;
    private final Class<?> original;

    private RenamedClass(Class<?> original, String name) {
        super(original.getClassLoader());
        this.original = original;
        this.name = name;
    }

    /** The copy. Its last letter is an X instead of the original's. */
    static Class<?> of(Class<?> original) throws ClassNotFoundException {
        String name = original.getName();
        return new RenamedClass(original, name.substring(0, name.length() - 1) + 'X').loadClass(renamed(name));
    }

    static String renamed(String name) {
        return name.substring(0, name.length() - 1) + 'X';
    }

    @Override
    protected Class<?> findClass(String wanted) throws ClassNotFoundException {
        if (!wanted.equals(name)) {
            throw new ClassNotFoundException(wanted);
        }
        String path = original.getName().replace('.', '/');
        try (InputStream in = original.getResourceAsStream('/' + path + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(path);
            }
            // Names in a class file are Latin-1 here, and of equal length: no offset changes.
            String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            byte[] bytes = text.replace(path, renamed(path)).getBytes(StandardCharsets.ISO_8859_1);
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(wanted, e);
        }
    }
}
