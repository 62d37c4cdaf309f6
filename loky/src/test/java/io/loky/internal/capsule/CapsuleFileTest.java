/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.capsule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loky.internal.wire.ClassAsk;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CapsuleFileTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("x.capsule");
        try (OutputStream out = Files.newOutputStream(file)) {
            CapsuleFile.write(Capsules.odd(), out);
        }
    }

    /** Everything in it is what was written, whatever characters it has. */
    @Test
    void read_ofWhatWasWritten_isTheSame() throws IOException {
        Capsule expected = Capsules.odd();

        Capsule read = CapsuleFile.read(file);

        assertThat(read)
                .usingRecursiveComparison()
                .ignoringFields("worker", "payload", "sections")
                .isEqualTo(expected);
        assertThat(read.payload()).isEqualTo(expected.payload());
        assertThat(read.worker())
                .usingRecursiveComparison()
                .ignoringFields("initializer", "classes")
                .isEqualTo(expected.worker());
        Frame initializer = read.worker().initializer().toFrame();
        assertThat(initializer.type()).isEqualTo(FrameType.TASK);
        assertThat(initializer.taskId()).isZero();
        assertThat(initializer.payload()).containsExactly(9, 8);
        assertThat(read.worker().classes().size()).isEqualTo(2);
        assertThat(read.worker()
                        .classes()
                        .answer(new ClassAsk(ClassAsk.Kind.CLASS, 3, "app.Main", null))
                        .items()
                        .get(0)
                        .bytes())
                .containsExactly(5);
        Frame task = read.frame().toFrame();
        assertThat(task.type()).isEqualTo(FrameType.TASK);
        assertThat(task.taskId()).isEqualTo(17);
        assertThat(task.payload()).containsExactly(1, 2, 3);
        assertThat(task.sections().count()).isEqualTo(1);
        assertThat(task.sections().get(0)).isEqualTo(new double[] {1.5, -2});
    }

    /** A person who unpacks it can read it. */
    @Test
    void write_anyCapsule_isAZipWithTheReportInIt() throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName))
                    .containsExactly(
                            "capsule.properties",
                            "report.txt",
                            "task.bin",
                            "arrays.bin",
                            "initializer.bin",
                            "classes.bin");
            assertThat(new String(
                            zip.getInputStream(zip.getEntry("report.txt")).readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(Capsules.odd().report());
        }
    }

    @Test
    void read_noSuchFile_saysSo() {
        Path missing = folder.resolve("missing.capsule");

        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> CapsuleFile.read(missing))
                .withMessageContaining(missing.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "this is not a zip"})
    void read_somethingElse_namesTheFile(String content) throws IOException {
        Files.writeString(file, content);

        assertDamaged("is not a crash capsule, or is damaged");
    }

    @Test
    void read_halfAFile_namesTheFile() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));

        assertDamaged("is not a crash capsule, or is damaged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"capsule.properties", "report.txt", "task.bin", "classes.bin"})
    void read_withoutOneOfItsParts_saysWhichIsMissing(String part) throws IOException {
        Map<String, byte[]> entries = entries();
        entries.remove(part);
        rewrite(entries);

        assertDamaged("it has no " + part);
    }

    @Test
    void read_classesThatEndTooEarly_areDamage() throws IOException {
        Map<String, byte[]> entries = entries();
        byte[] classes = entries.get("classes.bin");
        entries.put("classes.bin", Arrays.copyOf(classes, classes.length - 3));
        rewrite(entries);

        assertDamaged("is not a crash capsule, or is damaged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"task.id=17", "task.type=TASK", "worker.index=2"})
    void read_withABadValue_isDamage(String line) throws IOException {
        replace(line, line.substring(0, line.indexOf('=')) + "=RUBBISH");

        assertDamaged("is not a crash capsule, or is damaged");
    }

    @Test
    void read_aFrameThatIsNoTask_isDamage() throws IOException {
        replace("task.type=TASK", "task.type=RETIRE");

        assertDamaged("its task is a RETIRE");
    }

    /** Its bytes would mean something else. */
    @Test
    void read_ofAnotherVersion_namesIt() throws IOException {
        replace("format=1", "format=99");

        assertDamaged("was written by Loky 1.2.3 (format 99, protocol " + Frame.VERSION + ")");
        assertDamaged("replay it with the jar of that version");
    }

    private void assertDamaged(String words) {
        assertThatExceptionOfType(CapsuleFormatException.class)
                .isThrownBy(() -> CapsuleFile.read(file))
                .withMessageStartingWith(file.toString())
                .withMessageContaining(words);
    }

    private void replace(String line, String other) throws IOException {
        Map<String, byte[]> entries = entries();
        String before = new String(entries.get("capsule.properties"), StandardCharsets.ISO_8859_1);
        String after = before.replaceAll("(?m)^" + line + "$", other);
        assertThat(after).isNotEqualTo(before);
        entries.put("capsule.properties", after.getBytes(StandardCharsets.ISO_8859_1));
        rewrite(entries);
    }

    private Map<String, byte[]> entries() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        return entries;
    }

    private void rewrite(Map<String, byte[]> entries) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
    }
}
