/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The size of a heap in the notation of {@code java -Xmx}: digits and one optional letter. */
final class HeapSize {

    private static final Pattern NOTATION = Pattern.compile("([0-9]{1,19})([kKmMgGtT]?)", Pattern.DOTALL);

    /** Below this every JVM refuses to start; here the refusal can name the option. */
    private static final BigInteger LEAST = BigInteger.valueOf(2L << 20);

    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    private HeapSize() {}

    /** Returns the text as it is, if a JVM can understand it. */
    static String check(String option, String text) {
        Objects.requireNonNull(text, option);
        Matcher matcher = NOTATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    option + " must be digits and at most one of the letters k, m, g, t, as in \"512m\", got \"" + text
                            + "\"");
        }
        BigInteger bytes = bytes(matcher);
        if (bytes.compareTo(LEAST) < 0) {
            throw new IllegalArgumentException(option + " must be at least \"2m\", with which a JVM can start, got \""
                    + text + "\" = " + bytes + " bytes");
        }
        if (bytes.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(
                    option + " must be at most " + MOST + " bytes, got \"" + text + "\" = " + bytes + " bytes");
        }
        return text;
    }

    /** Refuses the first, where it is not more than the second; both are sizes. */
    static void checkMore(String option, String text, String otherOption, String other) {
        if (bytes(text).compareTo(bytes(other)) <= 0) {
            throw new IllegalArgumentException(
                    option + " must be more than " + otherOption + " (\"" + other + "\"), got \"" + text + "\"");
        }
    }

    private static BigInteger bytes(String checked) {
        Matcher matcher = NOTATION.matcher(checked);
        if (!matcher.matches()) {
            throw new IllegalStateException("\"" + checked + "\" was not checked");
        }
        return bytes(matcher);
    }

    private static BigInteger bytes(Matcher matched) {
        return new BigInteger(matched.group(1)).shiftLeft(shiftOf(matched.group(2)));
    }

    private static int shiftOf(String letter) {
        return switch (letter.toLowerCase(Locale.ROOT)) {
            case "" -> 0;
            case "k" -> 10;
            case "m" -> 20;
            case "g" -> 30;
            case "t" -> 40;
            default -> throw new AssertionError("no unit is called " + letter);
        };
    }
}
