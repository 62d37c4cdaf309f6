/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.capsule;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/** Texts, lists and maps in properties, which may hold any character: {@code java.flag.001}, {@code java.flag.002}, ... */
record CapsuleProperties(Properties properties) {
    private static final String NAME = ".name";
    private static final String VALUE = ".value";
    private static final char STAMP_END = '|';

    private static String key(String list, int number) {
        return String.format(Locale.ROOT, "%s.%03d", list, number);
    }

    /** In the order of the keys; the JDK has none before version 18, and a comment with the time. */
    byte[] toBytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        properties.store(bytes, null);
        return bytes.toString(StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .sorted()
                .collect(Collectors.joining("\n", "", "\n"))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    void set(String key, String value) {
        properties.setProperty(key, value);
    }

    String get(String key) throws IOException {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IOException("it does not say " + key);
        }
        return value;
    }

    void setList(String key, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            set(key(key, i + 1), values.get(i));
        }
    }

    List<String> list(String key) {
        List<String> values = new ArrayList<>();
        for (int i = 1; ; i++) {
            String value = properties.getProperty(key(key, i));
            if (value == null) {
                return List.copyOf(values);
            }
            values.add(value);
        }
    }

    void setMap(String key, Map<String, String> values) {
        int i = 1;
        for (Map.Entry<String, String> entry : values.entrySet()) {
            set(key(key, i) + NAME, entry.getKey());
            set(key(key, i) + VALUE, entry.getValue());
            i++;
        }
    }

    Map<String, String> map(String key) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 1; ; i++) {
            String name = properties.getProperty(key(key, i) + NAME);
            if (name == null) {
                return Map.copyOf(values);
            }
            values.put(name, get(key(key, i) + VALUE));
        }
    }

    /** {@code size,modified|path}. */
    static String toText(ClassPathEntry entry) {
        return entry.size() + "," + entry.modifiedMillis() + STAMP_END + entry.path();
    }

    /** @throws RuntimeException if {@link #toText} has not made it */
    static ClassPathEntry toEntry(String text) {
        int end = text.indexOf(STAMP_END);
        String[] stamp = text.substring(0, end).split(",", 2);
        return new ClassPathEntry(text.substring(end + 1), Long.parseLong(stamp[0]), Long.parseLong(stamp[1]));
    }
}
