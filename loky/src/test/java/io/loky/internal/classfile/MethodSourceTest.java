/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.classfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MethodSourceTest {
    private static final List<String> SOURCE = List.of(
            "class Sample<T> {", // 1
            "    long field = 1;",
            "    static int sum(long first, int second,", // 3
            "            String third) {",
            "        int later = 5;", // 5
            "        for (int i = 0; i < second; i++) { later += i; }",
            "        try { return later; } catch (RuntimeException e) { return 0; }", // 7
            "    }",
            "    String bound(double number) {", // 9
            "        return number + third(this);",
            "    }", // 11
            "    static native String third(Object o);",
            "    Runnable make(String captured) {", // 13
            "        return () ->",
            "            System.out.println(captured + field);", // 15
            "    }",
            "}");

    @TempDir
    static Path folder;

    @BeforeAll
    static void writeSource() throws IOException {
        Files.write(folder.resolve("Sample.java"), SOURCE);
    }

    private static byte[] compiled(String debug) throws IOException {
        String source = folder.resolve("Sample.java").toString();
        int exit = ToolProvider.getSystemJavaCompiler().run(null, null, null, debug, "-d", folder.toString(), source);
        assertThat(exit).isZero();
        return Files.readAllBytes(folder.resolve("Sample.class"));
    }

    @Test
    void staticMethod_withAllAttributes_hasItsParametersBySlotAndItsFirstLine() throws IOException {
        assertThat(MethodSource.of(compiled("-g"), "sum", "(JILjava/lang/String;)I"))
                .isEqualTo(new MethodSource("Sample.java", 5, Map.of(0, "first", 2, "second", 3, "third")));
    }

    @Test
    void instanceMethod_hasThisFirst() throws IOException {
        assertThat(MethodSource.of(compiled("-g"), "bound", "(D)Ljava/lang/String;"))
                .isEqualTo(new MethodSource("Sample.java", 10, Map.of(0, "this", 1, "number")));
    }

    @Test
    void methodOfALambda_hasWhatItCaptures() throws IOException {
        MethodSource lambda = MethodSource.of(compiled("-g"), "lambda$make$0", "(Ljava/lang/String;)V");

        assertThat(lambda).isEqualTo(new MethodSource("Sample.java", 15, Map.of(0, "this", 1, "captured")));
    }

    @Test
    void compiledWithoutDebugging_knowsWhatIsLeft() throws IOException {
        assertThat(MethodSource.of(compiled("-g:none"), "bound", "(D)Ljava/lang/String;"))
                .isEqualTo(new MethodSource(null, 0, Map.of()));
        assertThat(MethodSource.of(compiled("-g:source,lines"), "bound", "(D)Ljava/lang/String;"))
                .isEqualTo(new MethodSource("Sample.java", 10, Map.of()));
    }

    @Test
    void methodWithoutCode_isFound() throws IOException {
        assertThat(MethodSource.of(compiled("-g"), "third", "(Ljava/lang/Object;)Ljava/lang/String;"))
                .isEqualTo(new MethodSource("Sample.java", 0, Map.of()));
    }

    @Test
    void otherNameOrDescriptor_isNotFound() throws IOException {
        byte[] file = compiled("-g");

        assertThat(MethodSource.of(file, "sum", "()I")).isNull();
        assertThat(MethodSource.of(file, "total", "(JILjava/lang/String;)I")).isNull();
    }

    /** Every attribute that the compiler makes is stepped over. */
    @Test
    void largeClass_isReadToItsEnd() throws IOException {
        try (InputStream in = Objects.requireNonNull(Object.class.getResourceAsStream("/java/util/HashMap.class"))) {
            assertThat(MethodSource.of(in.readAllBytes(), "resize", "()[Ljava/util/HashMap$Node;"))
                    .satisfies(resize -> assertThat(resize.file()).isEqualTo("HashMap.java"))
                    .satisfies(resize -> assertThat(resize.line()).isPositive());
        }
    }

    /** Cut anywhere, it is an error that says so, and never another exception. */
    @Test
    void cutFile_isRefused() throws IOException {
        byte[] file = compiled("-g");
        for (int length = 0; length < file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            assertThatExceptionOfType(IOException.class)
                    .as("%s bytes", length)
                    .isThrownBy(() -> MethodSource.of(cut, "none", "()V"));
        }
    }

    @Test
    void otherFile_isRefused() {
        byte[] text = "this is a text, and no class file".getBytes(StandardCharsets.US_ASCII);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> MethodSource.of(text, "none", "()V"))
                .withMessageContaining("not a class file");
    }
}
