/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.codec.objects.LambdaTemplate;

/**
 * The first byte of each value in the compact form, and what follows it. Numbers are big-endian, but for what is in arrays of
 * primitives: those are copied as a whole, in the order that nearly all machines have themselves.
 */
final class CompactTag {
    /** Nothing follows. */
    static final byte NULL = 0;

    static final byte FALSE = 1;
    static final byte TRUE = 2;

    /** The number follows; of a character or a floating-point number the bits. */
    static final byte BYTE = 3;

    static final byte SHORT = 4;
    static final byte CHARACTER = 5;
    static final byte INTEGER = 6;
    static final byte LONG = 7;
    static final byte FLOAT = 8;
    static final byte DOUBLE = 9;

    /** A length in bytes, and UTF-8. */
    static final byte TEXT = 10;

    /** A length in characters, and the characters: a text with unpaired surrogates has no other form. */
    static final byte CHARACTERS = 11;

    /** The number of an earlier text, from 0: it is the same object. */
    static final byte SAME_TEXT = 12;

    /** A length, and the elements as they are in memory. */
    static final byte BOOLEANS = 13;

    static final byte BYTES = 14;
    static final byte SHORTS = 15;
    static final byte CHARS = 16;
    static final byte INTS = 17;
    static final byte LONGS = 18;
    static final byte FLOATS = 19;
    static final byte DOUBLES = 20;

    /**
     * The number of the innermost type, see {@link ArrayTypes}, the number of dimensions, a length, and the elements. In place of a
     * length, here and in lists, may stand the complement of a number: that of the array among the sections that holds the elements,
     * which are boxed primitives, all of one type.
     */
    static final byte ARRAY = 21;

    /** A length, and the elements of a {@code java.util.ArrayList}. */
    static final byte ARRAY_LIST = 22;

    /** The array behind an {@code Arrays.asList}. */
    static final byte AS_LIST = 23;

    /** A length, and the elements of a {@code List.of}. */
    static final byte LIST_OF = 24;

    /** A length, and the elements of what {@code Stream.toList} has made, which may be null. */
    static final byte STREAM_LIST = 25;

    /**
     * A {@link LambdaTemplate}: its hash, the length of its description, and that, in two bytes, of what names the loaders of
     * its classes; the description, and the loaders. Then the values that are captured.
     */
    static final byte LAMBDA = 26;

    /** The number before this one, once more: it is the same object. */
    static final byte SAME_BOX = 27;

    /** The number of an array of primitives among the {@link io.loky.internal.wire.Sections} of the message. */
    static final byte RAW_ARRAY = 28;

    /** The number of the array among the sections that holds a text: of bytes, in Latin-1, or of characters. */
    static final byte RAW_TEXT = 29;

    private CompactTag() {}
}
