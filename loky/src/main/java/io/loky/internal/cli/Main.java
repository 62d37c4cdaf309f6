/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import io.loky.internal.capsule.LibraryVersion;
import java.io.PrintStream;
import java.util.List;

/** {@code java -jar loky.jar}. */
public final class Main {
    /** What was asked for is done, and is well. */
    static final int GOOD = 0;

    /** The machine has failed the test; or a replayed task has thrown. */
    static final int BAD = 1;

    /** What was asked for is not understood, its file cannot be read, or its task cannot be rebuilt. */
    static final int MISUSED = 2;

    /** The worker of a replay has died. */
    static final int DIED = 3;

    private static final String HELP = """
            This jar is a library; put it on the class path or module path of a program. By itself it can:

              java -jar loky.jar                  print this, and test this machine
              java -jar loky.jar selftest         test this machine: can it run worker JVMs, how, and how fast?
                                                  exit code 0 if it can, 1 if something failed
              java -jar loky.jar replay FILE      run the task of a crash capsule again, alone
                --heap SIZE                       with this heap (-Xmx), such as 4g
                --debug [PORT]                    under a debugger, for which it waits (port 5005)
                --jvm-arg ARG                     with one more argument of the JVM; may be repeated
                --drop-jvm-arg PREFIX             without the recorded ones that begin so; may be repeated
                --java-home DIRECTORY             on another Java than it ran on
                                                  exit code 0 if the task returned, 1 if it threw,
                                                  3 if the JVM died or did not start,
                                                  2 if the task was not run for another reason
              java -jar loky.jar help             print this

            A capsule is a file that a pool writes when a task has killed its worker, if it was told where:
            ProcessPoolOptions.builder().crashCapsules(Path). Replay only capsules that you trust: they are code.
            """;

    private Main() {}

    /**
     * Does what is asked for, and ends the JVM.
     *
     * @param args a command and what belongs to it; none for the help and a test of the machine
     */
    public static void main(String[] args) {
        System.exit(run(List.of(args), System.out, System.err));
    }

    /** Returns the exit code. */
    static int run(List<String> args, PrintStream out, PrintStream err) {
        String command = args.isEmpty() ? "" : args.get(0);
        List<String> rest = args.isEmpty() ? List.of() : args.subList(1, args.size());
        try {
            switch (command) {
                case "" -> {
                    help(out);
                    out.println();
                    return new SelfTest(out).run();
                }
                case "help", "--help", "-h" -> {
                    refuse(command, rest);
                    help(out);
                    return GOOD;
                }
                case "selftest" -> {
                    refuse(command, rest);
                    return new SelfTest(out).run();
                }
                case "replay" -> {
                    return new Replay(ReplayArguments.parse(rest), out).run();
                }
                default -> throw new UsageException("there is no command '" + command + "'");
            }
        } catch (UsageException e) {
            err.println(e.getMessage() + "; java -jar loky.jar help lists what there is");
            return MISUSED;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private static void help(PrintStream out) {
        out.println("Loky for Java " + LibraryVersion.get()
                + ": an ExecutorService whose tasks run in separate worker JVMs.");
        out.print(HELP);
    }

    private static void refuse(String command, List<String> rest) throws UsageException {
        if (!rest.isEmpty()) {
            throw new UsageException(command + " takes no arguments, got " + String.join(" ", rest));
        }
    }
}
