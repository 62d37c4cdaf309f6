/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The places of a document that are filled from results, each between two comments that stay there:
 *
 * <pre>
 *   &lt;!-- results: NAME --&gt;
 *   what was made of the results
 *   &lt;!-- end of results --&gt;
 * </pre>
 */
final class Markers {

    private static final String END = "<!-- end of results -->";
    private static final Pattern PLACE =
            Pattern.compile("<!-- results: ([^>]*?) -->\\R.*?" + Pattern.quote(END), Pattern.DOTALL);

    private Markers() {}

    /** The document with each place filled anew by what its name stands for. */
    static String fill(String document, UnaryOperator<String> content) {
        return PLACE.matcher(document).replaceAll(place -> filled(place, content));
    }

    private static String filled(MatchResult place, UnaryOperator<String> content) {
        String name = place.group(1);
        String text = "<!-- results: " + name + " -->\n\n" + content.apply(name).strip() + "\n\n" + END;
        return Matcher.quoteReplacement(text);
    }
}
