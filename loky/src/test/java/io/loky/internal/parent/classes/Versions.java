/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Versions of one class, for loaders that replace what the loader above has. */
final class Versions {
    private Versions() {}

    /** What they are versions of. */
    static final class Item implements Callable<String>, Serializable {
        private static final long serialVersionUID = 1;
        final int fieldOne = NAME.length();

        @Override
        public String call() {
            return fieldOne > 0 ? "text one" : "";
        }
    }

    static final String NAME = Item.class.getName();
    static final String PATH = NAME.replace('.', '/') + ".class";

    static final byte[] ONE = original();
    static final byte[] OTHER_TEXT = changed("text one", "text two");
    static final byte[] OTHER_FIELD = changed("fieldOne", "fieldTwo");
    static final byte[] OTHER_INTERFACE = changed("java/util/concurrent/Callable", "java/util/function/Supplier");
    static final byte[] OTHER_SUPERCLASS = changed("java/lang/Object", "java/lang/Number");

    private static byte[] original() {
        try (InputStream in = Versions.class.getResourceAsStream("/" + PATH)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** With another text, which stands in the constant pool behind its length. */
    private static byte[] changed(String from, String to) {
        String file = new String(ONE, ISO_8859_1);
        String changed = file.replace(entry(from), entry(to));
        if (changed.equals(file)) {
            throw new AssertionError(from + " is not in the class file");
        }
        return changed.getBytes(ISO_8859_1);
    }

    private static String entry(String text) {
        return "\u0001\0" + (char) text.length() + text;
    }

    static Path write(Path folder, byte[] file) throws IOException {
        Path target = folder.resolve(PATH);
        Files.createDirectories(target.getParent());
        Files.write(target, file);
        return folder;
    }

    /** Defines one version itself, whatever the loader above has. */
    static class ChildFirst extends ClassLoader {
        private final byte[] file;
        private final @Nullable Path source;

        ChildFirst(ClassLoader above, byte[] file, @Nullable Path source) {
            super(above);
            this.file = file;
            this.source = source;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded == null && name.equals(NAME)) {
                    loaded = defineClass(name, file, 0, file.length, domain());
                }
                return loaded != null ? loaded : super.loadClass(name, resolve);
            }
        }

        private @Nullable ProtectionDomain domain() {
            try {
                return source == null
                        ? null
                        : new ProtectionDomain(
                                new CodeSource(source.toUri().toURL(), (Certificate[]) null), null, this, null);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        Class<?> item() throws ClassNotFoundException {
            return loadClass(NAME);
        }
    }
}
