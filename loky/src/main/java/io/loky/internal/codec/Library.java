/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.net.URL;
import java.security.CodeSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which classes are this library's own. Each side has its own copy of them, which may come from different places, and they
 * are never sent. The name alone does not tell: programs may have packages below ours.
 */
public final class Library {
    private static final String PREFIX = "io.loky.";
    private static final @Nullable String LOCATION = location(Library.class);

    private Library() {}

    public static boolean has(Class<?> type) {
        return type.getClassLoader() == Library.class.getClassLoader()
                && type.getName().startsWith(PREFIX)
                && Objects.equals(location(type), LOCATION);
    }

    private static @Nullable String location(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        return location == null ? null : location.toExternalForm(); // URLs themselves may ask the network when compared
    }
}
