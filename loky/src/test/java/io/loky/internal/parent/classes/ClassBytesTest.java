/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import static io.loky.internal.parent.classes.Versions.NAME;
import static io.loky.internal.parent.classes.Versions.ONE;
import static io.loky.internal.parent.classes.Versions.OTHER_FIELD;
import static io.loky.internal.parent.classes.Versions.OTHER_INTERFACE;
import static io.loky.internal.parent.classes.Versions.OTHER_SUPERCLASS;
import static io.loky.internal.parent.classes.Versions.OTHER_TEXT;
import static io.loky.internal.parent.classes.Versions.PATH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loky.internal.parent.classes.Versions.ChildFirst;
import io.loky.spi.ClassBytesProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent is what the class was made from, or nothing. */
class ClassBytesTest {
    @TempDir
    Path base;

    private URLClassLoader above;

    @BeforeEach
    void makeLoaderAbove() throws Exception {
        above = new URLClassLoader(
                new URL[] {Versions.write(base.resolve("base"), ONE).toUri().toURL()},
                ClassBytesTest.class.getClassLoader());
    }

    @AfterEach
    void closeLoader() throws Exception {
        above.close();
    }

    private static byte[] of(ClassLoader loader) throws ClassNotFoundException {
        return new ClassBytes(loader).of(loader.loadClass(NAME));
    }

    private static void assertRefused(ClassLoader loader, String why) {
        assertThatExceptionOfType(ClassNotFoundException.class)
                .isThrownBy(() -> of(loader))
                .withMessageContaining(NAME)
                .withMessageContaining(loader.getClass().getName())
                .withMessageContaining("another version")
                .withMessageContaining(why)
                .withMessageContaining(ClassBytesProvider.class.getName());
    }

    private static Enumeration<URL> one(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        return Files.exists(file)
                ? Collections.enumeration(List.of(file.toUri().toURL()))
                : Collections.emptyEnumeration();
    }

    /** It has defined the class from bytes that it keeps to itself; by its name there is only what the loader above has. */
    @Test
    void childFirst_withoutResources_isRefused() {
        assertRefused(new ChildFirst(above, OTHER_TEXT, null), "other texts");
        assertRefused(new ChildFirst(above, OTHER_FIELD, null), "fieldOne I");
        assertRefused(new ChildFirst(above, OTHER_INTERFACE, null), "java.util.function.Supplier");
        assertRefused(new ChildFirst(above, OTHER_SUPERCLASS, null), "extends java.lang.Object");
    }

    /** The same bytes may well come from above: a loader that makes a copy of each class for itself. */
    @Test
    void childFirst_copyOfTheOneAbove_isFound() throws Exception {
        assertThat(of(new ChildFirst(above, ONE, null))).isEqualTo(ONE);
    }

    /** Asked for a resource a loader asks the one above first. Here what it finds itself is the class's. */
    @Test
    void childFirst_withResources_isItsOwn() throws Exception {
        Versions.write(base, OTHER_TEXT);
        ClassLoader loader = new ChildFirst(above, OTHER_TEXT, null) {
            @Override
            protected URL findResource(String name) {
                try {
                    return one(base, name).nextElement();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        };

        assertThat(of(loader)).isEqualTo(OTHER_TEXT);
    }

    /** The folder of the loader above is in that of the code source. */
    @Test
    void codeSource_thatHoldsAnotherPlace_isNotMistakenForThat() throws Exception {
        Versions.write(base, OTHER_TEXT);
        ClassLoader loader = new ChildFirst(above, OTHER_TEXT, base) {
            @Override
            protected Enumeration<URL> findResources(String name) throws IOException {
                return one(base, name);
            }
        };

        assertThat(of(loader)).isEqualTo(OTHER_TEXT);
    }

    @Test
    void loaderThatTransforms_isRefused() throws Exception {
        try (URLClassLoader loader = new URLClassLoader(above.getURLs(), null) {
            @Override
            protected Class<?> findClass(String name) {
                return defineClass(name, OTHER_TEXT, 0, OTHER_TEXT.length);
            }
        }) {
            assertRefused(loader, "other texts");
        }
    }

    /** An instrument that adds what no source has: the file is the right one all the same. */
    @Test
    void likeness_syntheticMembersThatAnAgentAdds_doNotCount() throws Exception {
        assertThat(Likeness.difference(WithSyntheticMembers.class, fileOf(WithSyntheticMembers.class)))
                .isNull();
        assertThat(Likeness.difference(Versions.Item.class, fileOf(WithSyntheticMembers.class)))
                .contains("the file of " + WithSyntheticMembers.class.getName());
    }

    /** Of all kinds: whatever compilers make, the file of a class is found to be its own. */
    @ParameterizedTest
    @ValueSource(
            classes = {
                ClassBytesTest.class,
                ClassBytes.class,
                Versions.class,
                Versions.Item.class,
                WithSyntheticMembers.class,
                Kind.class,
                Pair.class,
                Providers.class,
                Thread.State.class,
                Runnable.class,
                java.util.concurrent.ConcurrentHashMap.class,
                Object.class,
                org.assertj.core.api.Assertions.class
            })
    void likeness_ofItsOwnFile_isFound(Class<?> type) throws Exception {
        assertThat(Likeness.difference(type, fileOf(type))).isNull();
    }

    private static byte[] fileOf(Class<?> type) throws IOException {
        return ClassBytes.read(type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class"));
    }

    enum Kind {
        ONE {
            @Override
            int value() {
                return 1;
            }
        };

        abstract int value();
    }

    record Pair<T extends Comparable<T>>(T one, List<int[][]> more) implements Comparable<Pair<T>> {
        @Override
        public int compareTo(Pair<T> other) {
            return one.compareTo(other.one);
        }
    }

    static class WithSyntheticMembers {
        Runnable lambda(String text) {
            assert !text.isEmpty();
            return () -> lambda(text + "more");
        }
    }

    // ---- providers ----------------------------------------------------------------------------------------------

    /** Sees providers, and nothing of the class. */
    private class Silent extends ChildFirst {
        private final Path services;

        Silent(Class<?>... providers) throws IOException {
            super(ClassBytesTest.class.getClassLoader(), OTHER_TEXT, null);
            services = Files.createTempDirectory(base, "services");
            Path file = services.resolve("META-INF/services/" + ClassBytesProvider.class.getName());
            Files.createDirectories(file.getParent());
            Files.write(file, List.of(providers).stream().map(Class::getName).toList());
        }

        @Override
        protected Enumeration<URL> findResources(String name) throws IOException {
            return one(services, name);
        }

        @Override
        public java.io.InputStream getResourceAsStream(String name) {
            return null;
        }
    }

    /** A provider. */
    public static final class Knowing implements ClassBytesProvider {
        static final AtomicInteger MADE = new AtomicInteger();

        public Knowing() {
            MADE.incrementAndGet();
        }

        @Override
        public byte[] bytesOf(Class<?> type) {
            return type.getName().equals(NAME)
                            && type.getClassLoader() != getClass().getClassLoader()
                    ? OTHER_TEXT
                    : null;
        }
    }

    /** A provider. */
    public static final class Throwing implements ClassBytesProvider {
        @Override
        public byte[] bytesOf(Class<?> type) {
            throw new IllegalStateException("the provider's bug");
        }
    }

    /** A provider. */
    public static final class Unmakeable implements ClassBytesProvider {
        public Unmakeable() {
            throw new IllegalStateException("the constructor's bug");
        }

        @Override
        public byte[] bytesOf(Class<?> type) {
            return null;
        }
    }

    /** A provider. */
    public static final class Mistaken implements ClassBytesProvider {
        @Override
        public byte[] bytesOf(Class<?> type) {
            try {
                return fileOf(ClassBytesTest.class);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The user knows better than the loader. */
    @Test
    void provider_isAskedBeforeTheLoader() throws Exception {
        ClassLoader loader = new Silent(Knowing.class) {
            @Override
            protected URL findResource(String name) {
                try {
                    return base.resolve("base").resolve(PATH).toUri().toURL();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        };

        assertThat(of(loader)).isEqualTo(OTHER_TEXT);
    }

    /** Those that fail do not hide the one that knows. */
    @Test
    void provider_afterOthersThatFail_isAsked() throws Exception {
        assertThat(of(new Silent(Unmakeable.class, Throwing.class, Mistaken.class, Knowing.class)))
                .isEqualTo(OTHER_TEXT);
    }

    @Test
    void provider_ofManyClasses_isOneInstance() throws Exception {
        int before = Math.min(1, Knowing.MADE.get());

        for (int i = 0; i < 3; i++) {
            assertThat(of(new Silent(Knowing.class))).isEqualTo(OTHER_TEXT);
        }

        assertThat(Knowing.MADE.get() - before).isEqualTo(1 - before);
    }

    @Test
    void providers_thatAllFail_areToldInTheRefusal() throws Exception {
        ClassLoader loader = new Silent(Unmakeable.class, Throwing.class, Mistaken.class);

        assertThatExceptionOfType(ClassNotFoundException.class)
                .isThrownBy(() -> of(loader))
                .withMessageContaining("gives no bytes")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .anyMatch(failure -> failure.getMessage().contains(Unmakeable.class.getName()))
                        .anyMatch(failure -> failure.getMessage().equals("the provider's bug"))
                        .anyMatch(failure -> failure.getMessage()
                                .contains("gives the class file of " + ClassBytesTest.class.getName())));
    }

    /** A list of services that cannot be read at all. */
    @Test
    void providers_thatCannotBeLookedUp_doNotHideTheLoader() throws Exception {
        ClassLoader loader = new ChildFirst(above, ONE, null) {
            @Override
            protected Enumeration<URL> findResources(String name) throws IOException {
                throw new IOException("the disk is broken");
            }
        };

        assertThat(of(loader)).isEqualTo(ONE);
    }
}
