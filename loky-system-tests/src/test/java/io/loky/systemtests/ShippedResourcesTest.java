/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableCallable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Code of a class loader that a worker does not have finds its resources there as it does in the parent. */
class ShippedResourcesTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** Where its classes are from, the JDK cannot say: as in a jar in a jar. Its resources are in memory, or in files. */
    private static final class Nested extends MemoryCompiler.Loader {
        private static final String PLACE = "nested:/app.jar/!BOOT-INF/classes/!/";

        private final Map<String, byte[]> classes;
        private final Map<String, List<String>> resources;
        private final Path files;
        private final AtomicInteger opened = new AtomicInteger();

        Nested(Map<String, byte[]> classes, Map<String, List<String>> resources, Path files) {
            super(classes);
            this.classes = classes;
            this.resources = resources;
            this.files = files;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            CodeSource source = new CodeSource(url("", ""), (Certificate[]) null);
            return defineClass(
                    name, bytes, 0, bytes.length, new java.security.ProtectionDomain(source, null, this, null));
        }

        private URL url(String path, String content) {
            try {
                return new URL(null, PLACE + path, new URLStreamHandler() {
                    @Override
                    protected URLConnection openConnection(URL url) {
                        return new URLConnection(url) {
                            @Override
                            public void connect() {}

                            @Override
                            public InputStream getInputStream() {
                                opened.incrementAndGet();
                                return new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
                            }
                        };
                    }
                });
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        protected URL findResource(String name) {
            Enumeration<URL> all = findResources(name);
            return all.hasMoreElements() ? all.nextElement() : null;
        }

        @Override
        protected Enumeration<URL> findResources(String name) {
            List<URL> urls = new ArrayList<>();
            List<String> contents = resources.getOrDefault(name, List.of());
            for (int i = 0; i < contents.size(); i++) {
                urls.add(url(i + "/" + name, contents.get(i)));
            }
            try {
                if (Files.exists(files.resolve(name)) && !name.endsWith("/")) {
                    urls.add(files.resolve(name).toUri().toURL());
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            return Collections.enumeration(urls);
        }
    }

    private Object run(String body, Map<String, List<String>> resources, String... more) throws Exception {
        return runIn(new Nested(compiled(body, more), resources, folder));
    }

    private Object runIn(ClassLoader loader) throws Exception {
        return Await.result(pools.create(1).submit(task(loader)));
    }

    @SuppressWarnings("unchecked")
    private static SerializableCallable<Object> task(ClassLoader loader) throws Exception {
        return (SerializableCallable<Object>)
                loader.loadClass("app.Main").getMethod("task").invoke(null);
    }

    /** A class {@code app.Main} whose task has this body, and more classes. */
    private static Map<String, byte[]> compiled(String body, String... more) {
        List<String> sources = new ArrayList<>(List.of(more));
        sources.add("""
                package app;
                import io.loky.*;
                import java.util.*;
                import java.net.*;
                import java.nio.file.*;
                public class Main {
                    static String text(java.io.InputStream in) throws Exception {
                        try (in) { return new String(in.readAllBytes()); }
                    }
                    public static SerializableCallable<Object> task() {
                        return () -> { %s };
                    }
                }
                """.formatted(body));
        return MemoryCompiler.compile(sources.toArray(String[]::new));
    }

    @Test
    void getResourceAsStream_inMemory_givesTheBytes() throws Exception {
        assertThat(run(
                        "return text(Main.class.getResourceAsStream(\"note.txt\"));",
                        Map.of("app/note.txt", List.of("ä note"))))
                .isEqualTo("ä note");
    }

    @Test
    void getResourceAsStream_missing_isNull() throws Exception {
        assertThat(run(
                        "return Main.class.getResourceAsStream(\"none.txt\") + \" \" + Main.class.getResource(\"none.txt\");",
                        Map.of()))
                .isEqualTo("null null");
    }

    /** The URL is the parent's, whatever protocol that has, and can be read. */
    @Test
    void getResource_ofAnUnknownProtocol_canBeRead() throws Exception {
        assertThat(run(
                        "URL url = Main.class.getResource(\"note.txt\"); return url + \" \" + text(url.openStream())"
                                + " + url.openConnection().getContentLength();",
                        Map.of("app/note.txt", List.of("note"))))
                .isEqualTo(Nested.PLACE + "0/app/note.txt note4");
    }

    /** A loader that knows single resources only, and not all with a name. */
    @Test
    void getResource_ofALoaderThatFindsSingleOnesOnly_isFound() throws Exception {
        Path file = Files.writeString(folder.resolve("single.txt"), "single");
        ClassLoader loader = new MemoryCompiler.Loader(compiled("""
                ClassLoader l = Main.class.getClassLoader();
                return text(l.getResource("single.txt").openStream()) + Collections.list(l.getResources("single.txt"));
                """)) {
            @Override
            protected URL findResource(String name) {
                try {
                    return name.equals("single.txt") ? file.toUri().toURL() : null;
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        };

        assertThat(runIn(loader)).isEqualTo("single[]");
    }

    /** What is too large for the worker's heap is neither missing nor the worker's end. */
    @Test
    void getResourceAsStream_tooLargeForTheWorker_failsWhenItIsRead() throws Exception {
        ClassLoader loader = new MemoryCompiler.Loader(compiled("""
                StringBuilder said = new StringBuilder();
                for (String name : List.of("10", "40", "100")) {
                    try (var in = Main.class.getClassLoader().getResourceAsStream(name)) {
                        said.append(in.readAllBytes().length >> 20).append(' ');
                    } catch (java.io.IOException e) {
                        said.append(e.getMessage().contains("no memory for the") ? "no memory " : e.toString());
                    }
                }
                return said.toString();
                """)) {
            @Override
            public InputStream getResourceAsStream(String name) {
                return name.matches("\\d+")
                        ? new ByteArrayInputStream(new byte[Integer.parseInt(name) << 20])
                        : super.getResourceAsStream(name);
            }
        };
        ProcessPoolExecutor pool = pools.create(
                ProcessPoolOptions.builder().maxWorkers(1).maxHeap("64m").build());

        assertThat(Await.result(pool.submit(task(loader)))).isEqualTo("10 no memory no memory ");
    }

    /** A list that cannot be had is not an empty one. */
    @Test
    void getResources_ofALoaderThatFails_failsWithTheReason() throws Exception {
        ClassLoader loader = new MemoryCompiler.Loader(compiled("""
                try {
                    return Collections.list(Main.class.getClassLoader().getResources("note.txt"));
                } catch (java.io.IOException e) {
                    return e.getMessage();
                }
                """)) {
            @Override
            protected Enumeration<URL> findResources(String name) throws IOException {
                if (name.equals("note.txt")) {
                    throw new IOException("the disk is broken");
                }
                return super.findResources(name);
            }
        };

        assertThat(runIn(loader)).asString().contains("note.txt", "the disk is broken");
    }

    /** A file is a file for the worker, too. */
    @Test
    void getResource_inAFile_isThatFile() throws Exception {
        Path file =
                Files.writeString(Files.createDirectories(folder.resolve("app")).resolve("file.txt"), "in a file");

        assertThat(run("return Path.of(Main.class.getResource(\"file.txt\").toURI()).toString();", Map.of()))
                .isEqualTo(file.toString());
    }

    /** All of them, in the parent's order, by the context loader as well. */
    @Test
    void getResources_byTheContextLoader_givesAllInOrder() throws Exception {
        assertThat(run("""
                        List<String> texts = new ArrayList<>();
                        ClassLoader loader = Thread.currentThread().getContextClassLoader();
                        for (URL url : Collections.list(loader.getResources("many.txt"))) texts.add(text(url.openStream()));
                        return texts + " " + (loader == Main.class.getClassLoader());
                        """, Map.of("many.txt", List.of("one", "two", "three")))).isEqualTo("[one, two, three] true");
    }

    /** Threads that a task starts have its context, too. */
    @Test
    void contextLoader_ofAThreadOfTheTask_isTheTasks() throws Exception {
        assertThat(run("""
                        return java.util.concurrent.CompletableFuture.supplyAsync(() ->
                            Thread.currentThread().getContextClassLoader() == Main.class.getClassLoader(), task -> new Thread(task).start())
                                .get();
                        """, Map.of())).isEqualTo(true);
    }

    @Test
    void serviceLoader_providersOfTheProgram_areFound() throws Exception {
        assertThat(
                        run(
                                """
                        StringBuilder found = new StringBuilder();
                        for (Greeter greeter : ServiceLoader.load(Greeter.class)) found.append(greeter.greet());
                        return found.toString();
                        """,
                                Map.of("META-INF/services/app.Greeter", List.of("app.Polite\n", "app.Rude\n")),
                                "package app; public interface Greeter { String greet(); }",
                                "package app; public class Polite implements Greeter { public String greet() { return \"good day \"; } }",
                                "package app; public class Rude implements Greeter { public String greet() { return \"hey\"; } }"))
                .isEqualTo("good day hey");
    }

    @Test
    void classForName_withAndWithoutTheContextLoader_findsTheProgramsClasses() throws Exception {
        assertThat(run(
                        "return Class.forName(\"app.Other\").getName()"
                                + " + (Class.forName(\"app.Other\") == Class.forName(\"app.Other\", true,"
                                + " Thread.currentThread().getContextClassLoader()));",
                        Map.of(),
                        "package app; public class Other {}"))
                .isEqualTo("app.Othertrue");
    }

    /** Where the class is from is what it is in the parent, also where no JDK can read that. */
    @Test
    void codeSource_ofAShippedClass_isTheParents() throws Exception {
        assertThat(run("return Main.class.getProtectionDomain().getCodeSource().getLocation().toString();", Map.of()))
                .isEqualTo(Nested.PLACE);
    }

    /** Resources of the class path are found through the loaders above, and in jars, and those of the JDK. */
    @Test
    void resources_ofTheClassPathAndTheJdk_areFound() throws Exception {
        assertThat(run(
                        "ClassLoader l = Main.class.getClassLoader();"
                                + " return (text(l.getResourceAsStream(\"org/assertj/core/api/Assertions.class\")).length() > 0)"
                                + " + \" \" + (text(l.getResource(\"org/assertj/core/api/Assertions.class\").openStream()).length() > 0)"
                                + " + \" \" + (text(l.getResource(\"java/lang/String.class\").openStream()).length() > 0);",
                        Map.of()))
                .isEqualTo("true true true");
    }

    /** A program on the class path has its own loader as the context loader, as ever. */
    @Test
    void contextLoader_ofAClassPathTask_isTheSystemLoader() throws Exception {
        assertThat(Await.result(pools.create(1)
                        .submit(() ->
                                Thread.currentThread().getContextClassLoader() == ClassLoader.getSystemClassLoader())))
                .isTrue();
    }
}
