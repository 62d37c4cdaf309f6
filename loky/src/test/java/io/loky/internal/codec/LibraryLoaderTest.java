/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A server that throws a program away must get rid of its copy of the library, which has looked at classes of the JDK. */
class LibraryLoaderTest {
    private static WeakReference<ClassLoader> used() throws Exception {
        URL[] places = {
            ObjectCodec.class.getProtectionDomain().getCodeSource().getLocation(),
            org.jspecify.annotations.Nullable.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
        };
        List<Object> value = new ArrayList<>(
                List.of(1, Optional.of("x"), Path.of("y"), DateTimeFormatter.ISO_DATE, new Object[] {"z"}));
        try (URLClassLoader loader = new URLClassLoader(places, ClassLoader.getPlatformClassLoader())) {
            Class<?> codec = loader.loadClass(ObjectCodec.class.getName());
            assertThat(codec).isNotSameAs(ObjectCodec.class);
            Class<?> names = loader.loadClass(ClassNames.class.getName());
            Object own = codec.getConstructor(names)
                    .newInstance(names.getMethod("of", ClassLoader.class)
                            .invoke(null, LibraryLoaderTest.class.getClassLoader()));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            codec.getMethod("write", Object.class, OutputStream.class).invoke(own, value, out);
            return new WeakReference<>(loader);
        }
    }

    @Test
    void loader_ofALibraryThatWasUsed_isCollected() throws Exception {
        WeakReference<ClassLoader> loader = used();

        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (loader.get() != null && System.nanoTime() < end) {
            System.gc();
            Thread.onSpinWait();
        }

        assertThat(loader.get()).isNull();
    }
}
