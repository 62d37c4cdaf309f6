/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import io.loky.internal.wire.ClassAnswer;
import io.loky.internal.wire.ClassAnswer.Item;
import java.io.IOException;
import java.net.URL;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds resources as a class loader of this JVM finds them, those in named modules included. */
final class Resources {
    private Resources() {}

    /** Where the resource with this name is that the loader prefers; one place, or none. */
    static List<Item> preferred(ClassLoader loader, String name) throws IOException {
        URL url = loader.getResource(name);
        if (url != null) {
            return List.of(place(url.toExternalForm(), null));
        }
        List<Item> items = ModuleResources.places(loader, name);
        return items.subList(0, Math.min(1, items.size()));
    }

    /** Where the resources with this name are. */
    static List<Item> places(ClassLoader loader, String name) throws IOException {
        List<Item> items = new ArrayList<>();
        for (Enumeration<URL> urls = loader.getResources(name); urls.hasMoreElements(); ) {
            items.add(place(urls.nextElement().toExternalForm(), null));
        }
        items.addAll(ModuleResources.places(loader, name));
        return items;
    }

    /**
     * What is in a resource; nothing if it is not there.
     *
     * @param url which of those with this name; null for the one that the loader gives
     */
    static List<Item> content(ClassLoader loader, String name, @Nullable String url) throws IOException {
        byte[] bytes = null;
        if (url == null) {
            bytes = ClassBytes.read(loader.getResourceAsStream(name));
            if (bytes == null) {
                bytes = ModuleResources.content(loader, name);
            }
        } else {
            bytes = ClassBytes.read(find(loader, name, url));
        }
        return bytes == null ? List.of() : List.of(place(url == null ? name : url, bytes));
    }

    private static @Nullable URL find(ClassLoader loader, String name, String text) throws IOException {
        URL preferred = loader.getResource(name);
        if (preferred != null && preferred.toExternalForm().equals(text)) {
            return preferred;
        }
        for (Enumeration<URL> urls = loader.getResources(name); urls.hasMoreElements(); ) {
            URL url = urls.nextElement();
            if (url.toExternalForm().equals(text)) {
                return url;
            }
        }
        return null;
    }

    static Item place(String url, byte @Nullable [] bytes) {
        return new Item(url, ClassAnswer.HERE, null, bytes);
    }

    /** Where a class says it is from. */
    static @Nullable String source(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null
                ? null
                : source.getLocation().toExternalForm();
    }
}
