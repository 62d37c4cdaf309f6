/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import picocli.CommandLine;

class MethodSizesTest {

    @Test
    void of_knownBodies_givesTheirLengths() {
        byte[] file = ClassFiles.withCodeLengths("a/b/C", 1, 300, 65_535);

        assertThat(sizes(file))
                .containsExactly(
                        new MethodSize("a.b.C", "m0", "()V", 1),
                        new MethodSize("a.b.C", "m1", "()V", 300),
                        new MethodSize("a.b.C", "m2", "()V", 65_535));
    }

    @Test
    void of_classBeforeJava102_readsTheOldFormOfCode() throws IOException {
        assertThat(sizes(ClassFiles.beforeJava102())).containsExactly(new MethodSize("Old", "old", "()V", 3));
    }

    @Test
    void of_compiledClass_knowsTheDefaultConstructor() {
        // aload_0, invokespecial Object.<init>, return: what every compiler makes of it
        assertThat(sizes(ClassFiles.of(MethodSizesTest.class)))
                .contains(new MethodSize(MethodSizesTest.class.getName(), "<init>", "()V", 5));
    }

    @ParameterizedTest
    @ValueSource(classes = {ClassReader.class, CommandLine.class, Assertions.class})
    void of_allClassesOfAJar_agreesWithAnotherParser(Class<?> fromJar) throws IOException {
        Path jar = Jars.of(fromJar);
        int compared = 0;
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (entry.getName().endsWith(".class")) {
                    byte[] file = zip.getInputStream(entry).readAllBytes();
                    assertThat(sizes(file))
                            .extracting(size -> size.name() + size.descriptor() + " " + size.bytes())
                            .as(entry.getName())
                            .isEqualTo(PlainClassFileParser.codeLengths(file));
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(30);
    }

    private static List<MethodSize> sizes(byte[] file) {
        return MethodSizes.of(new ClassReader(file), file.length);
    }
}
