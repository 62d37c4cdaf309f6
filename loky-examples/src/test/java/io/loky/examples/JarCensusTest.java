/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.loky.examples.JarResult.BadClass;
import io.loky.examples.JarResult.Counted;
import io.loky.examples.JarResult.Damaged;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;

class JarCensusTest {

    private static final byte[] NO_CLASS = "no class file".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    private Path jar;

    @BeforeEach
    void nameJar() {
        jar = folder.resolve("test.jar");
    }

    @Test
    void of_goodJar_countsClassesMethodsAndVersions() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("META-INF/MANIFEST.MF", new byte[0]);
        entries.put("a/A.class", ClassFiles.withCodeLengths(Opcodes.V1_8, "a/A", 5, 7));
        entries.put("module-info.class", ClassFiles.withCodeLengths(Opcodes.V9, "module-info"));
        entries.put("META-INF/versions/17/a/A.class", ClassFiles.withCodeLengths(Opcodes.V17, "a/A", 5, 9));
        entries.put("lib/inner.jar", NO_CLASS);
        entries.put("a/folder.class/", new byte[0]);
        Jars.write(jar, entries);

        Counted counted = counted(10);

        assertThat(counted.classes()).isEqualTo(3);
        assertThat(counted.methods()).isEqualTo(4);
        assertThat(counted.versions()).containsExactly(entry(52, 1L), entry(53, 1L), entry(61, 1L));
        assertThat(counted.bad()).isEmpty();
    }

    @Test
    void of_methodsOfTheSameSize_ordersThemByName() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("Z.class", ClassFiles.withCodeLengths("Z", 8, 2, 8));
        entries.put("B.class", ClassFiles.withCodeLengths("B", 8, 9));
        Jars.write(jar, entries);

        assertThat(counted(4).largest())
                .extracting(method -> method.bytes() + " " + method.fullName())
                .containsExactly("9 B.m1()V", "8 B.m0()V", "8 Z.m0()V", "8 Z.m2()V");
        assertThat(counted(2).largest()).isEqualTo(counted(4).largest().subList(0, 2));
        assertThat(counted(0).largest()).isEmpty();
    }

    @Test
    void of_jarWithoutClasses_countsNone() throws IOException {
        Jars.write(jar, Map.of("readme.txt", NO_CLASS));

        assertThat(counted(10).classes()).isZero();
    }

    @Test
    void of_emptyFile_isDamaged() throws IOException {
        Files.createFile(jar);

        assertThat(damaged().reason()).contains("empty");
    }

    @Test
    void of_fileThatIsNoZip_isDamaged() throws IOException {
        Files.write(jar, NO_CLASS);

        assertThat(damaged().reason()).isNotBlank();
    }

    @Test
    void of_missingFile_isDamaged() {
        assertThat(damaged().reason()).isEqualTo("no such file");
    }

    @Test
    void of_folder_isDamaged() throws IOException {
        Files.createDirectory(jar);

        assertThat(damaged().reason()).isNotBlank();
    }

    @Test
    void of_jarTruncatedAnywhere_isDamaged() throws IOException {
        byte[] whole = Files.readAllBytes(
                Jars.write(jar, Map.of("A.class", ClassFiles.withCodeLengths("A", 5), "B.class", NO_CLASS)));
        for (int length = 0; length < whole.length; length++) {
            Files.write(jar, Arrays.copyOf(whole, length));
            assertThat(JarCensus.of(jar.toString(), 10)).as("%d bytes", length).isInstanceOf(Damaged.class);
        }
    }

    @Test
    void of_badClassInside_namesItAndCountsTheRest() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("Bad.class", NO_CLASS);
        entries.put("Good.class", ClassFiles.withCodeLengths("Good", 5));
        entries.put("Empty.class", new byte[0]);
        Jars.write(jar, entries);

        Counted counted = counted(10);

        assertThat(counted.classes()).isEqualTo(1);
        assertThat(counted.methods()).isEqualTo(1);
        assertThat(counted.bad())
                .containsExactly(
                        new BadClass("Bad.class", "begins with 6E6F2063 instead of CAFEBABE"),
                        new BadClass("Empty.class", "only 0 bytes long"));
    }

    @Test
    void of_entryWithChangedBytes_isNoticedByItsChecksum() throws IOException {
        byte[] file = ClassFiles.withCodeLengths("Good", 5);
        Jars.writeStored(jar, Map.of("Good.class", file));
        Jars.replace(jar, "m0", "m9");

        Counted counted = counted(10);

        assertThat(counted.classes()).isZero();
        assertThat(counted.bad()).singleElement().satisfies(bad -> {
            assertThat(bad.entry()).isEqualTo("Good.class");
            assertThat(bad.reason()).contains("checksum");
        });
    }

    @Test
    void of_compressedDataWithChangedBytes_isABadClass() throws IOException {
        Jars.write(jar, Map.of("Good.class", ClassFiles.of(JarCensusTest.class)));
        byte[] bytes = Files.readAllBytes(jar);
        Arrays.fill(bytes, 60, 120, (byte) 0xFF);
        Files.write(jar, bytes);

        assertThat(counted(10).bad()).hasSize(1);
    }

    @Test
    void of_nameThatOccursTwice_countsOnce() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("Aa.class", ClassFiles.withCodeLengths("X", 5));
        entries.put("Bb.class", ClassFiles.withCodeLengths("X", 5, 6));
        Jars.write(jar, entries);
        Jars.replace(jar, "Bb.class", "Aa.class");

        assertThat(counted(10).classes()).isEqualTo(1);
        assertThat(counted(10).bad()).isEmpty();
    }

    @Test
    void of_realJar_findsNothingBad() {
        Counted counted = (Counted) JarCensus.of(Jars.of(ClassReader.class).toString(), 3);

        assertThat(counted.classes()).isGreaterThan(30);
        assertThat(counted.methods()).isGreaterThan(500);
        assertThat(counted.largest()).hasSize(3).isSortedAccordingTo(MethodSize.LARGEST_FIRST);
        assertThat(counted.bad()).isEmpty();
    }

    @Test
    void of_anyJar_hasAResultThatCanBeSentBetweenProcesses() throws IOException, ClassNotFoundException {
        Jars.write(jar, Map.of("A.class", ClassFiles.withCodeLengths("A", 5), "B.class", NO_CLASS));
        JarResult result = JarCensus.of(jar.toString(), 10);

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(result);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(result);
        }
    }

    private Counted counted(int top) {
        JarResult result = JarCensus.of(jar.toString(), top);
        assertThat(result).isInstanceOf(Counted.class);
        return (Counted) result;
    }

    private Damaged damaged() {
        JarResult result = JarCensus.of(jar.toString(), 10);
        assertThat(result).isInstanceOf(Damaged.class);
        return (Damaged) result;
    }
}
