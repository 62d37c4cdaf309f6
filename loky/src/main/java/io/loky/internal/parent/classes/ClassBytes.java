/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import io.loky.internal.classfile.ConstantPool;
import io.loky.spi.ClassBytesProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Finds the class file that a class was made from. The JVM does not keep it, so whoever made the class is asked: its loader,
 * its module, and what the user provides for loaders that tell nobody.
 *
 * <p>A loader may know several files by that name: the one of its parent, which it has replaced by one of its own. So the
 * file is looked for first where the class says it is from.
 */
final class ClassBytes {
    /** One way to find it. */
    private interface Source {
        byte @Nullable [] bytes(Class<?> type, ClassLoader loader, String path) throws IOException;
    }

    private static final List<Source> SOURCES = List.of(
            ClassBytes::ofOwnUrl,
            ClassBytes::atCodeSource,
            ClassBytes::ofLoader,
            ClassBytes::ofModule,
            ClassBytes::ofProvider);

    private ClassBytes() {}

    /**
     * The class file.
     *
     * @throws ClassNotFoundException if nobody has it; names the class and its loader
     */
    static byte[] of(Class<?> type, ClassLoader loader) throws ClassNotFoundException {
        String path = type.getName().replace('.', '/') + ".class";
        List<Throwable> failures = new ArrayList<>();
        for (Source source : SOURCES) {
            try {
                byte[] bytes = source.bytes(type, loader, path);
                if (bytes != null && ConstantPool.of(bytes).thisClass().equals(type.getName())) {
                    return bytes;
                }
            } catch (Throwable e) { // loaders and providers are the user's code; the next way may be open
                failures.add(e);
            }
        }
        ClassNotFoundException failure = new ClassNotFoundException("the class file of " + type.getName()
                + " is not to be had: its class loader (" + describe(loader)
                + ") gives no bytes for the resource " + path + "; let it, or register a "
                + ClassBytesProvider.class.getName());
        failures.forEach(failure::addSuppressed);
        throw failure;
    }

    /** Its class and name. Its own toString is the user's code. */
    static String describe(ClassLoader loader) {
        String name = loader.getName();
        return (name == null ? "" : "'" + name + "', ") + "a "
                + loader.getClass().getName();
    }

    private static byte @Nullable [] ofOwnUrl(Class<?> type, ClassLoader loader, String path) throws IOException {
        return loader instanceof URLClassLoader urls ? read(urls.findResource(path)) : null;
    }

    private static byte @Nullable [] atCodeSource(Class<?> type, ClassLoader loader, String path) throws IOException {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return null;
        }
        String place = source.getLocation().toExternalForm();
        for (Enumeration<URL> urls = loader.getResources(path); urls.hasMoreElements(); ) {
            URL url = urls.nextElement();
            String text = url.toExternalForm();
            if (text.equals(place + path) || text.startsWith(place) || text.startsWith("jar:" + place + "!/")) {
                return read(url);
            }
        }
        return null;
    }

    private static byte @Nullable [] ofLoader(Class<?> type, ClassLoader loader, String path) throws IOException {
        return read(loader.getResourceAsStream(path));
    }

    private static byte @Nullable [] ofModule(Class<?> type, ClassLoader loader, String path) throws IOException {
        return read(type.getModule().getResourceAsStream(path));
    }

    private static byte @Nullable [] ofProvider(Class<?> type, ClassLoader loader, String path) {
        for (ClassBytesProvider provider : ServiceLoader.load(ClassBytesProvider.class, loader)) {
            byte[] bytes = provider.bytesOf(type);
            if (bytes != null) {
                return bytes;
            }
        }
        return null;
    }

    static byte @Nullable [] read(@Nullable URL url) throws IOException {
        if (url == null) {
            return null;
        }
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false); // a cached jar file stays open, and goes on showing what was in it
        return read(connection.getInputStream());
    }

    static byte @Nullable [] read(@Nullable InputStream in) throws IOException {
        if (in == null) {
            return null;
        }
        try (in) {
            return in.readAllBytes();
        }
    }
}
