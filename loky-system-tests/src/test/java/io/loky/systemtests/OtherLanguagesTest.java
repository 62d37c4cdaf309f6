/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.SerializableCallable;
import io.loky.TaskSerializationException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that are written in other languages, compiled by their compilers, in a class loader that no worker has. */
class OtherLanguagesTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private URLClassLoader loader;

    @AfterEach
    void closeLoader() throws Exception {
        if (loader != null) {
            loader.close();
        }
    }

    private String source(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private String classPath() {
        return TestClassPath.get();
    }

    @SuppressWarnings("unchecked")
    private static SerializableCallable<Object> task(ClassLoader loader, String type, String method) throws Exception {
        return (SerializableCallable<Object>)
                loader.loadClass(type).getMethod(method).invoke(null);
    }

    private ClassLoader compiled() throws Exception {
        loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, OtherLanguagesTest.class.getClassLoader());
        return loader;
    }

    private Object run(SerializableCallable<Object> task) throws Exception {
        return Await.result(pools.create(1).submit(task));
    }

    // ---- Kotlin -----------------------------------------------------------------------------------------------------

    @Test
    void kotlin_lambdasAndDataClasses_work() throws Exception {
        String source = source("Main.kt", """
                package app
                import io.loky.SerializableCallable

                data class Point(val x: Int, val y: Int) : java.io.Serializable
                fun twice(n: Int) = 2 * n
                fun task(): SerializableCallable<Any> {
                    val n = 4
                    return SerializableCallable { Point(1, listOf(n).map { twice(it) }.first()) }
                }
                """);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Class<?> compiler = Class.forName("org.jetbrains.kotlin.cli.jvm.K2JVMCompiler");
        Object result = compiler.getMethod("exec", PrintStream.class, String[].class)
                .invoke(
                        compiler.getConstructor().newInstance(),
                        new PrintStream(said, true, StandardCharsets.UTF_8),
                        new String[] {
                            "-cp",
                            classPath(),
                            "-no-stdlib",
                            "-no-reflect",
                            "-jvm-target",
                            "17",
                            "-d",
                            folder.toString(),
                            source
                        });
        assertThat(result).as(said.toString(StandardCharsets.UTF_8)).hasToString("OK");

        assertThat(run(task(compiled(), "app.MainKt", "task"))).hasToString("Point(x=1, y=8)");
    }

    // ---- Scala ------------------------------------------------------------------------------------------------------

    @Test
    void scala_functionsAndCaseClasses_work() throws Exception {
        String source = source("Main.scala", """
                package app
                import io.loky.SerializableCallable

                case class Point(x: Int, y: Int)
                object Main {
                  def twice(n: Int): Int = 2 * n
                  def task(): SerializableCallable[Any] = { val n = 4; () => Point(1, List(n).map(twice).head) }
                }
                """);
        Class<?> compiler = Class.forName("scala.tools.nsc.Main");
        compiler.getMethod("process", String[].class)
                .invoke(null, (Object) new String[] {"-cp", classPath(), "-nowarn", "-d", folder.toString(), source});
        assertThat(folder.resolve("app/Main.class")).exists();

        assertThat(run(task(compiled(), "app.Main", "task"))).hasToString("Point(1,8)");
    }

    // ---- Groovy -----------------------------------------------------------------------------------------------------

    private static final String GROOVY = """
            package app
            import io.loky.SerializableCallable

            class Main {
                static int twice(int n) { 2 * n }
                static SerializableCallable<Object> task() {
                    int n = 4
                    return { -> [1, n].collect { twice(it) } } as SerializableCallable
                }
            }
            """;

    /** The loader keeps the class files where it finds them again. */
    @Test
    void groovy_closuresWithClassFilesInAFolder_work() throws Exception {
        Class<?> configuration = Class.forName("org.codehaus.groovy.control.CompilerConfiguration");
        Object options = configuration.getConstructor().newInstance();
        configuration.getMethod("setTargetDirectory", String.class).invoke(options, folder.toString());
        Class<?> type = Class.forName("groovy.lang.GroovyClassLoader");
        loader = (URLClassLoader) type.getConstructor(ClassLoader.class, configuration)
                .newInstance(OtherLanguagesTest.class.getClassLoader(), options);
        type.getMethod("addClasspath", String.class).invoke(loader, folder.toString());
        Class<?> main = (Class<?>) type.getMethod("parseClass", String.class).invoke(loader, GROOVY);

        assertThat(run(task(main.getClassLoader(), "app.Main", "task"))).hasToString("[2, 8]");
    }

    /** Without them nobody has the bytes: the class is named, with its loader. */
    @Test
    void groovy_compiledInMemory_isRefusedByName() throws Exception {
        Class<?> type = Class.forName("groovy.lang.GroovyClassLoader");
        loader = (URLClassLoader)
                type.getConstructor(ClassLoader.class).newInstance(OtherLanguagesTest.class.getClassLoader());
        Class<?> main = (Class<?>) type.getMethod("parseClass", String.class).invoke(loader, GROOVY);

        Throwable failure = Pools.failure(pools.create(1).submit(task(main.getClassLoader(), "app.Main", "task")));

        assertThat(failure)
                .isInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("app.Main")
                .hasMessageContaining("groovy.lang.GroovyClassLoader")
                .hasMessageContaining("ClassBytesProvider");
    }
}
