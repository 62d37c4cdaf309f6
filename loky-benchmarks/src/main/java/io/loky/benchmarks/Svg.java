/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.Locale;

/** A picture in the making: lines, bars and words, in colours that suit a light page and a dark one. */
final class Svg {

    /** Beside it no colour is needed to tell who is who: every bar and line has its name. */
    private static final String STYLE = """
            <style>
            text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
            .title { font-weight: 600; font-size: 15px }
            .note { fill: #59636e; font-size: 12px }
            .grid { stroke: #d1d9e0; stroke-width: 1 }
            .ours { fill: #0969da; stroke: #0969da }
            .other { fill: #8c959f; stroke: #8c959f }
            .line { fill: none; stroke-width: 2 }
            @media (prefers-color-scheme: dark) {
              text { fill: #e6edf3 }
              .note { fill: #9198a1 }
              .grid { stroke: #3d444d }
              .ours { fill: #4493f8; stroke: #4493f8 }
              .other { fill: #768390; stroke: #768390 }
            }
            .line { fill: none }
            </style>
            """;

    private final StringBuilder body = new StringBuilder();
    private final int width;
    private final int height;
    private final String title;

    Svg(int width, int height, String title) {
        this.width = width;
        this.height = height;
        this.title = title;
        text(16, 24, "title", "start", title);
    }

    /** @param anchor which end of the text is there: start, middle, end */
    Svg text(double x, double y, String style, String anchor, String words) {
        return add("<text x='%.1f' y='%.1f' class='%s' text-anchor='%s'>%s</text>", x, y, style, anchor, escape(words));
    }

    Svg line(double x1, double y1, double x2, double y2, String style) {
        return add("<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' class='%s'/>", x1, y1, x2, y2, style);
    }

    Svg bar(double x, double y, double width, double height, String style) {
        return add(
                "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' rx='2' class='%s'/>", x, y, width, height, style);
    }

    Svg dot(double x, double y, String style) {
        return add("<circle cx='%.1f' cy='%.1f' r='3' class='%s'/>", x, y, style);
    }

    /** @param points "x,y x,y" */
    Svg path(String points, String style) {
        return add("<polyline points='%s' class='line %s'/>", points, style);
    }

    private Svg add(String element, Object... values) {
        body.append(String.format(Locale.ROOT, element, values)).append('\n');
        return this;
    }

    private static String escape(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    String render() {
        return String.format(
                Locale.ROOT,
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='%d' height='%d' role='img' aria-label='%s'>%n%s%s</svg>%n",
                width,
                height,
                width,
                height,
                escape(title).replace("'", "&#39;"),
                STYLE,
                body);
    }
}
