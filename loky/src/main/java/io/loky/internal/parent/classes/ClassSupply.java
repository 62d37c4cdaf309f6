/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import io.loky.internal.capsule.ClassLog;
import io.loky.internal.wire.EncodedFrame;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the workers of a pool have their classes from: from this program, or from the record of another one. */
public final class ClassSupply {
    /** Null where it is that of this program. */
    private final @Nullable List<String> classPath;

    /** Null where nobody wants to know. */
    private final @Nullable ClassLog log;

    private ClassSupply(@Nullable List<String> classPath, @Nullable ClassLog log) {
        this.classPath = classPath;
        this.log = log;
    }

    /**
     * @param log notes what workers ask for; null if nobody wants to know
     */
    public static ClassSupply ofThisProgram(@Nullable ClassLog log) {
        return new ClassSupply(null, log);
    }

    /** Another program's, as it was noted then. */
    public static ClassSupply recorded(List<String> classPath, ClassLog log) {
        return new ClassSupply(List.copyOf(classPath), log);
    }

    /** With absolute paths. That of this program it may change by setting the system property. */
    public List<String> classPath() {
        if (classPath != null) {
            return classPath;
        }
        String own = System.getProperty("java.class.path", "");
        if (own.isEmpty()) { // a program on the module path
            return List.of();
        }
        List<String> entries = new ArrayList<>();
        for (String entry : own.split(Pattern.quote(File.pathSeparator), -1)) {
            // An empty entry is the working directory, which the worker's may not be.
            // Not normalized: behind a link ".." leads elsewhere.
            entries.add(Path.of(entry).toAbsolutePath().toString());
        }
        return List.copyOf(entries);
    }

    /** What is noted of a worker's questions; null if nothing is. */
    public @Nullable ClassLog log() {
        return log;
    }

    /** Answers the questions of a worker; see {@link ClassDesk#ClassDesk(String, Consumer, Runnable)}. */
    public ClassDesk desk(String label, Consumer<EncodedFrame> out, Runnable end) {
        return new ClassDesk(label, out, end, log, classPath != null);
    }
}
