/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.archive;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells for which workers an archive is, in the first part of its name: those with the same library, Java and flags. JVMs look for
 * themselves whether an archive fits, but not whether its library is the one that they were given: 25.0.3 runs the old code of a changed jar. So its
 * content is part of the key. Where the jar is and when it was written is, too, since Java 17 refuses an archive for these.
 */
public final class ArchiveKey {
    /** Of how an archive is made. */
    private static final String FORMAT = "1";

    /** Another build of the same version is another Java. */
    private static final List<String> PARTS_OF_JAVA = List.of(
            "lib/modules",
            "lib/server/libjvm.so",
            "lib/server/libjvm.dylib",
            "bin/server/jvm.dll",
            "lib/server/classes.jsa");

    private static final Map<String, FileContent> KNOWN = new ConcurrentHashMap<>();

    private ArchiveKey() {}

    /**
     * @param library the jar that comes first on the class path
     * @param home of the Java that the workers run on
     * @param flags those that matter, see {@link ArchiveFlags}
     * @throws IOException if the library or the Java cannot be read
     */
    public static String of(Path library, Path home, List<String> flags) throws IOException {
        StringBuilder text = new StringBuilder(FORMAT);
        text.append('\n').append(content(library));
        text.append('\n').append(home.toRealPath());
        text.append('\n').append(Files.readString(home.resolve("release")));
        for (String part : PARTS_OF_JAVA) {
            Path file = home.resolve(part);
            text.append('\n').append(Files.exists(file) ? state(file) : "");
        }
        for (String flag : flags) {
            text.append('\n').append(flag);
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        return FileContent.of(new ByteArrayInputStream(bytes)).sum();
    }

    private static String content(Path library) throws IOException {
        String state = state(library);
        FileContent content = KNOWN.get(state);
        if (content == null) {
            content = FileContent.of(library);
            KNOWN.put(state, content);
        }
        return state.concat(content.toString());
    }

    private static String state(Path file) throws IOException {
        return FileState.of(file).toString();
    }
}
