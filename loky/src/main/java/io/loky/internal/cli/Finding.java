/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import java.util.Locale;

/**
 * One thing that was found out about the machine.
 *
 * @param remedy what to do about it; empty where nothing is to be done
 */
record Finding(Grade grade, String subject, String text, String remedy) {
    enum Grade {
        OK,
        WARN,
        FAIL
    }

    static Finding ok(String subject, String text) {
        return new Finding(Grade.OK, subject, text, "");
    }

    static Finding warn(String subject, String text, String remedy) {
        return new Finding(Grade.WARN, subject, text, remedy);
    }

    static Finding fail(String subject, String text, String remedy) {
        return new Finding(Grade.FAIL, subject, text, remedy);
    }

    /** In one line, and one more for what to do. */
    String toText() {
        String line = String.format(Locale.ROOT, "%-5s %-14s %s", grade, subject, text);
        return remedy.isEmpty() ? line : line + System.lineSeparator() + " ".repeat(21) + "-> " + remedy;
    }
}
