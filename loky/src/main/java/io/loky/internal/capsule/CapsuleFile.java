/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.capsule;

import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.SectionReader;
import io.loky.internal.wire.Sections;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Properties;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A capsule as a file: a zip with
 *
 * <pre>
 *   capsule.properties  what the task is called, and what its worker was started with
 *   report.txt          how the worker died
 *   task.bin            the task, as it was sent
 *   initializer.bin     the initializer of the pool, if it had one
 *   classes.bin         classes and resources that were sent to workers, since they are not on their class path
 * </pre>
 */
public final class CapsuleFile {
    /** How the names of such files end. */
    public static final String SUFFIX = ".capsule";

    /** Changes with every change that this class could not read any more. */
    private static final String FORMAT = "1";

    private static final int BUFFER = 64 * 1024;

    private static final String PROPERTIES = "capsule.properties";
    private static final String REPORT = "report.txt";
    private static final String TASK = "task.bin";
    private static final String ARRAYS = "arrays.bin";
    private static final String INITIALIZER = "initializer.bin";
    private static final String CLASSES = "classes.bin";

    private CapsuleFile() {}

    // ---- writing --------------------------------------------------------------------------------------------------

    /** Does not close the stream. */
    public static void write(Capsule capsule, OutputStream target) throws IOException {
        // Somebody waits for the future of the task: nothing is made smaller, and a zip stream writes some hundred
        // bytes at a time.
        ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(target, BUFFER));
        zip.setLevel(Deflater.NO_COMPRESSION);
        zip.putNextEntry(new ZipEntry(PROPERTIES));
        zip.write(properties(capsule).toBytes());
        zip.putNextEntry(new ZipEntry(REPORT));
        zip.write(capsule.report().getBytes(StandardCharsets.UTF_8));
        zip.putNextEntry(new ZipEntry(TASK));
        zip.write(capsule.payload());
        if (!capsule.sections().isEmpty()) {
            zip.putNextEntry(new ZipEntry(ARRAYS));
            capsule.sections().writeTo(zip);
        }
        EncodedFrame initializer = capsule.worker().initializer();
        if (initializer != null) {
            zip.putNextEntry(new ZipEntry(INITIALIZER));
            zip.write(initializer.toFrame().payload());
        }
        zip.putNextEntry(new ZipEntry(CLASSES));
        DataOutputStream classes = new DataOutputStream(zip);
        capsule.worker().classes().writeTo(classes);
        classes.flush();
        zip.finish();
        zip.flush();
    }

    private static CapsuleProperties properties(Capsule capsule) {
        WorkerSetup worker = capsule.worker();
        CapsuleProperties all = new CapsuleProperties(new Properties());
        all.set("format", FORMAT);
        all.set("protocol", Byte.toString(Frame.VERSION));
        all.set("library", capsule.library());
        all.set("written", capsule.written().toString());
        all.set("system", capsule.system());
        all.set("task.id", Long.toString(capsule.taskId()));
        all.set("task.name", capsule.taskName());
        all.set("task.type", capsule.type().name());
        all.set("worker.index", Integer.toString(worker.index()));
        all.set("worker.directory", worker.directory());
        all.set("java.home", worker.javaHome());
        all.set("java.version", worker.javaVersion());
        all.setList("worker.prefix", worker.prefix());
        all.setList("java.flag", worker.flags());
        all.setList(
                "classpath",
                worker.classPath().stream().map(CapsuleProperties::toText).toList());
        all.setMap("environment", worker.environment());
        return all;
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    /**
     * @throws NoSuchFileException if there is no such file
     * @throws CapsuleFormatException if it is no capsule, or one of another version
     * @throws IOException if it cannot be read
     */
    public static Capsule read(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString(), null, "there is no such file");
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return read(zip, file);
        } catch (CapsuleFormatException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // a zip that is none, an entry that ends too early, a bad number
            throw damaged(file, e);
        }
    }

    private static CapsuleFormatException damaged(Path file, Throwable reason) {
        return new CapsuleFormatException(
                file + " is not a crash capsule, or is damaged: " + reason
                        + "; take the file as it was written, where the report of the crash says",
                reason);
    }

    private static Capsule read(ZipFile zip, Path file) throws IOException {
        Properties properties = new Properties();
        properties.load(new ByteArrayInputStream(bytes(zip, PROPERTIES)));
        CapsuleProperties all = new CapsuleProperties(properties);
        String format = all.get("format");
        String protocol = all.get("protocol");
        if (!format.equals(FORMAT) || !protocol.equals(Byte.toString(Frame.VERSION))) {
            throw new CapsuleFormatException(file + " was written by Loky " + all.get("library") + " (format " + format
                    + ", protocol " + protocol + "), which Loky " + LibraryVersion.get() + " (format " + FORMAT
                    + ", protocol " + Frame.VERSION + ") cannot read; replay it with the jar of that version");
        }
        FrameType type = FrameType.valueOf(all.get("task.type"));
        if (type != FrameType.TASK && type != FrameType.CHUNK) {
            throw new IOException("its task is a " + type);
        }
        DataInputStream classes = new DataInputStream(new ByteArrayInputStream(bytes(zip, CLASSES)));
        WorkerSetup worker = new WorkerSetup(
                Integer.parseInt(all.get("worker.index")),
                all.get("java.home"),
                all.get("java.version"),
                all.list("worker.prefix"),
                all.list("java.flag"),
                all.list("classpath").stream().map(CapsuleProperties::toEntry).toList(),
                all.get("worker.directory"),
                all.map("environment"),
                zip.getEntry(INITIALIZER) == null ? null : initializer(bytes(zip, INITIALIZER)),
                ClassLog.readFrom(classes));
        byte[] task = bytes(zip, TASK);
        return new Capsule(
                Instant.parse(all.get("written")),
                all.get("library"),
                all.get("system"),
                Long.parseLong(all.get("task.id")),
                all.get("task.name"),
                type,
                task,
                zip.getEntry(ARRAYS) == null ? Sections.NONE : sections(zip, task.length),
                worker,
                new String(bytes(zip, REPORT), StandardCharsets.UTF_8));
    }

    /** A task like others, with the number that no other has. */
    private static EncodedFrame initializer(byte[] payload) throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        buffer.write(payload, 0, payload.length);
        return buffer.finish(FrameType.TASK, 0);
    }

    private static Sections sections(ZipFile zip, int most) throws IOException {
        try (InputStream in = zip.getInputStream(zip.getEntry(ARRAYS))) {
            Sections sections = new SectionReader(in).read(most);
            if (sections == null) {
                throw new IOException("the heap of this JVM has no room for its " + ARRAYS);
            }
            return sections;
        }
    }

    private static byte[] bytes(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new IOException("it has no " + name);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }
}
