/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which classes are the JDK's, and which of those are plain values although they have no serialized form. */
final class JdkClasses {
    /** Values that are no more than their fields. With a dot or a dollar at the end: all classes that begin so. */
    private static final Set<String> VALUES = Set.of(
            "java.io.ByteArrayInputStream",
            "java.io.ByteArrayOutputStream",
            "java.lang.Runtime$Version",
            "java.nio.file.attribute.FileTime",
            "java.util.Base64$Decoder",
            "java.util.Base64$Encoder",
            "java.util.DoubleSummaryStatistics",
            "java.util.HexFormat",
            "java.util.IntSummaryStatistics",
            "java.util.LongSummaryStatistics",
            "java.util.SplittableRandom",
            "java.util.StringJoiner",
            "java.util.StringTokenizer",
            "java.util.concurrent.Executors$RunnableAdapter",
            "java.util.jar.Attributes",
            "java.util.jar.Attributes$Name",
            "java.util.jar.Manifest",
            "java.util.stream.Collectors$CollectorImpl",
            "java.util.zip.Adler32",
            "java.util.zip.CRC32",
            "java.util.zip.CRC32C");

    private static final List<String> FAMILIES =
            List.of("java.time.format.", "java.util.SplittableRandom$", "jdk.random.");

    private JdkClasses() {}

    static boolean isJdk(Class<?> type) {
        Module module = type.getModule();
        if (!module.isNamed()) {
            return false; // also what an agent has appended to the boot class path
        }
        ClassLoader loader = type.getClassLoader();
        return loader == null
                || loader == ClassLoader.getPlatformClassLoader()
                || module.getName().startsWith("java.")
                || module.getName().startsWith("jdk.");
    }

    /** Whether the objects of this class of the JDK can be taken apart like those of the user's classes. */
    static boolean isValue(Class<?> type) {
        String name = type.getName();
        return VALUES.contains(name) || FAMILIES.stream().anyMatch(name::startsWith);
    }

    /** Whether the field holds what can be found out again, and holds it so that it cannot travel. */
    static boolean isCache(Field field) {
        return field.getType() == Map.class
                && field.getDeclaringClass()
                        .getName()
                        .equals("java.time.format.DateTimeFormatterBuilder$ZoneTextPrinterParser");
    }

    /** Whether the field is about where the object comes from, and not a part of its value. */
    static boolean staysBehind(Field field) {
        return field.getName().equals("jv")
                && field.getDeclaringClass().getName().equals("java.util.jar.Manifest");
    }
}
