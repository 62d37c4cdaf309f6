/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import io.loky.internal.codec.jdk.InternalsClosedException;
import io.loky.internal.codec.jdk.JdkInternals;
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
import org.jspecify.annotations.Nullable;

/**
 * Finds the class files that the classes of one loader were made from. The JVM does not keep them, so whoever made the class
 * is asked: the user, who knows best; its loader; its module.
 *
 * <p>A loader may know several files by that name: the one of its parent, which it has replaced by one of its own. So the
 * file is looked for first where the loader looks itself, then where the class says it is from, and what is found is compared
 * with the class.
 */
final class ClassBytes {
    /** One way to find it. */
    private interface Source {
        byte @Nullable [] bytes(Class<?> type, ClassLoader loader, String path) throws IOException;
    }

    private static final List<Source> SOURCES =
            List.of(ClassBytes::ofLoaderItself, ClassBytes::atCodeSource, ClassBytes::ofLoader, ClassBytes::ofModule);

    private final ClassLoader loader;
    private final Providers providers;

    ClassBytes(ClassLoader loader) {
        this.loader = loader;
        this.providers = new Providers(loader);
    }

    /**
     * The class file of a class that this loader defines.
     *
     * @throws ClassNotFoundException if nobody has it; names the class and its loader, and has what failed as suppressed
     */
    byte[] of(Class<?> type) throws ClassNotFoundException {
        List<Throwable> failures = new ArrayList<>();
        byte[] provided = providers.bytesOf(type, failures);
        if (provided != null) {
            return provided;
        }
        String path = type.getName().replace('.', '/') + ".class";
        String difference = null;
        for (Source source : SOURCES) {
            try {
                byte[] bytes = source.bytes(type, loader, path);
                if (bytes != null) {
                    String found = Likeness.difference(type, bytes);
                    if (found == null) {
                        return bytes;
                    }
                    difference = difference == null ? found : difference;
                }
            } catch (Throwable e) { // loaders are the user's code; the next way may be open
                failures.add(e);
            }
        }
        ClassNotFoundException failure = new ClassNotFoundException("the class file of " + type.getName()
                + " is not to be had: its class loader (" + describe(loader) + ") gives "
                + (difference == null
                        ? "no bytes for the resource " + path
                        : "for the resource " + path + " the bytes of another version of the class (" + difference
                                + ")")
                + "; let it give those that it has made the class from, or register a "
                + ClassBytesProvider.class.getName());
        failures.forEach(failure::addSuppressed);
        throw failure;
    }

    /** Its class and name. Its own toString is the user's code. */
    private static String describe(ClassLoader loader) {
        String name = loader.getName();
        return (name == null ? "" : "'" + name + "', ") + "a "
                + loader.getClass().getName();
    }

    /** Not what the loader above has by that name. */
    private static byte @Nullable [] ofLoaderItself(Class<?> type, ClassLoader loader, String path) throws IOException {
        if (loader instanceof URLClassLoader urls) {
            return read(urls.findResource(path));
        }
        try {
            return read(JdkInternals.get().findResource(loader, path));
        } catch (InternalsClosedException e) {
            return null; // then the other ways must do
        }
    }

    private static byte @Nullable [] atCodeSource(Class<?> type, ClassLoader loader, String path) throws IOException {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return null;
        }
        String place = source.getLocation().toExternalForm();
        for (Enumeration<URL> urls = loader.getResources(path); urls.hasMoreElements(); ) {
            URL url = urls.nextElement();
            if (isAt(place, path, url.toExternalForm())) {
                return read(url);
            }
        }
        return null;
    }

    /** Whether it is right there: a folder in a folder is another place. */
    private static boolean isAt(String place, String path, String url) {
        if (!url.endsWith(path)) {
            return false;
        }
        String root = url.substring(0, url.length() - path.length()).replaceFirst("META-INF/versions/\\d+/$", "");
        return root.equals(place)
                || root.equals(place + "/")
                || root.equals(place + "!/")
                || root.equals("jar:" + place + "!/");
    }

    private static byte @Nullable [] ofLoader(Class<?> type, ClassLoader loader, String path) throws IOException {
        return read(loader.getResourceAsStream(path));
    }

    private static byte @Nullable [] ofModule(Class<?> type, ClassLoader loader, String path) throws IOException {
        return read(type.getModule().getResourceAsStream(path));
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
