/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.wire.FrameBuffer;
import java.io.StreamCorruptedException;
import java.nio.charset.StandardCharsets;

/**
 * Texts that are taken aside: one byte for each character where all are in Latin-1, else two. So they are in the JVM's memory, too, and
 * to copy them costs little more than to copy memory; and any characters can be sent, unpaired surrogates included.
 */
final class LargeText {
    private static final int SLICE = 4 * 1024;

    private LargeText() {}

    static boolean isLarge(String text, FrameBuffer out) {
        return out.takesAside((long) Character.BYTES * text.length())
                && (out.takesAside(text.length()) || !isLatin1(text));
    }

    private static boolean isLatin1(String text) {
        char[] slice = new char[Math.min(SLICE, text.length())];
        for (int at = 0; at < text.length(); ) {
            int count = Math.min(SLICE, text.length() - at);
            text.getChars(at, at + count, slice, 0);
            int all = 0;
            for (int i = 0; i < count; i++) {
                all |= slice[i];
            }
            if (all > 0xFF) {
                return false;
            }
            at += count;
        }
        return true;
    }

    /** An array of its own with the characters. */
    static Object toArray(String text) {
        return isLatin1(text) ? text.getBytes(StandardCharsets.ISO_8859_1) : text.toCharArray();
    }

    /**
     * The text in such an array.
     *
     * @throws StreamCorruptedException if it is another one
     */
    static String of(Object array) throws StreamCorruptedException {
        if (array instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
        if (array instanceof char[] chars) {
            return new String(chars);
        }
        throw new StreamCorruptedException("a text in a " + array.getClass().getTypeName());
    }
}
