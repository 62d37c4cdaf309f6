/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/** A page of the documentation, and the Java in it. */
final class Document {
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private final String text;

    private Document(String text) {
        this.text = text;
    }

    /** The page at this path, seen from the root of the project. */
    static Document of(String path) throws IOException {
        return new Document(Files.readString(Path.of("..", path)));
    }

    String text() {
        return text;
    }

    /** What stands between the two lines. */
    String between(String begin, String end) {
        assertThat(text).contains(begin + "\n", end + "\n");
        int from = text.indexOf(begin + "\n") + begin.length() + 1;
        return text.substring(from, text.indexOf(end + "\n", from));
    }

    /** The pieces of Java code, in their order. */
    List<String> snippets() {
        return SNIPPET.matcher(text).results().map(snippet -> snippet.group(1)).toList();
    }

    /** A program that consists of these statements. */
    static String program(String name, String statements) {
        return """
                import io.loky.*;
                import io.loky.testkit.*;
                import java.time.*;
                import java.util.*;
                import java.util.concurrent.*;
                import java.util.stream.*;

                public class %s {
                    public static void main(String[] args) throws Exception {
                %s
                    }
                }
                """.formatted(name, statements);
    }

    /** Compiles a class into this folder, on the class path of the tests. */
    static void compile(Path folder, String name, String source) throws IOException {
        Path file = folder.resolve(name + ".java");
        Files.writeString(file, source);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", TestClassPath.get(), "-d", folder.toString(), file.toString());
        assertThat(result).as("compilation of\n" + source).isZero();
    }
}
