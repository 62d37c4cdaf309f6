/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import io.loky.internal.cli.Finding.Grade;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Can this machine run worker JVMs, how, and how fast? One line for each answer, as soon as it is known. */
final class SelfTest {
    private final PrintStream out;
    private final List<Finding> findings = new ArrayList<>();

    SelfTest(PrintStream out) {
        this.out = out;
    }

    /** Returns the exit code. */
    int run() {
        new MachineChecks(this::add).run();
        new PoolChecks(this::add).run();
        long failed = count(Grade.FAIL);
        long warned = count(Grade.WARN);
        out.println();
        out.println(
                failed > 0
                        ? failed + " of " + findings.size()
                                + " failed: pools do not work on this machine as they should"
                        : "Pools work on this machine"
                                + (warned > 0 ? "; " + warned + " of " + findings.size() + " with a warning." : "."));
        return failed > 0 ? Main.BAD : Main.GOOD;
    }

    private void add(Finding finding) {
        findings.add(finding);
        out.println(finding.toText());
        out.flush();
    }

    private long count(Grade grade) {
        return findings.stream().filter(finding -> finding.grade() == grade).count();
    }
}
