/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.process.ProcessStat;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The commands that go before a worker's own, where the system has them; both run what follows in their own place, so that
 * the pid stays.
 *
 * <ul>
 *   <li>{@code setsid} opens a session. What the worker starts can then be found and killed when the worker is dead (see
 *       {@link io.loky.internal.process.Session}), and Ctrl-C in a terminal reaches the parent alone, which decides.
 *   <li>{@code setpriv --pdeathsig CONT} has the kernel continue the worker when its parent dies: one that somebody has stopped
 *       would otherwise never notice. Not KILL: the worker has to kill what it started, and remove its files. And the
 *       signal comes when the thread ends that started the worker, which does no harm with this one.
 * </ul>
 *
 * The system property {@code io.loky.session} set to {@code shared} leaves them out.
 */
final class LaunchPrefix {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");
    private static final List<String> FOLDERS = List.of("/usr/bin", "/bin");
    private static final String WAKE = "CONT";
    private static final long PATIENCE_SECONDS = 2;
    private static final List<String> OWN_SESSION = find();

    private LaunchPrefix() {}

    /**
     * @throws IOException if the system property has another value than {@code own} or {@code shared}
     */
    static List<String> get() throws IOException {
        String choice = System.getProperty("io.loky.session", "own");
        return switch (choice) {
            case "own" -> OWN_SESSION;
            case "shared" -> List.of();
            default ->
                throw new IOException(
                        "the system property io.loky.session must be 'own' or 'shared', got '" + choice + "'");
        };
    }

    private static List<String> find() {
        String setsid = executable("setsid");
        if (setsid == null || ProcessStat.of(ProcessHandle.current().pid()).isEmpty()) {
            return List.of(); // and nobody could tell who is in a session
        }
        List<String> prefix = new ArrayList<>(List.of(setsid));
        String setpriv = executable("setpriv");
        if (setpriv != null && works(List.of(setpriv, "--pdeathsig", WAKE, setsid, "--version"))) {
            prefix.addAll(List.of(setpriv, "--pdeathsig", WAKE));
        }
        return List.copyOf(prefix);
    }

    /**
     * The command that has a process get a tenth of a CPU beside a worker that wants all of it; empty where there is none. Not less:
     * what takes seconds would take minutes. Tests cannot wait so long beside all the others, and say {@code 0}.
     */
    static List<String> lowPriority() {
        String nice = executable("nice");
        return nice == null ? List.of() : List.of(nice, "-n", System.getProperty("io.loky.internal.nice", "10"));
    }

    /**
     * The same as {@link #get} for a process that has nothing to clean up: it is killed when the thread has ended that started it.
     *
     * @throws IOException as {@link #get}
     */
    static List<String> killedWithItsThread() throws IOException {
        return get().stream().map(word -> word.equals(WAKE) ? "KILL" : word).toList();
    }

    private static @Nullable String executable(String name) {
        for (String folder : FOLDERS) {
            File file = new File(folder, name);
            if (file.canExecute()) {
                return file.getPath();
            }
        }
        return null;
    }

    /** There are versions of setpriv that do not know the option, and sandboxes that forbid it. */
    private static boolean works(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return process.exitValue() == 0;
            }
            process.destroyForcibly();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> "cannot be used: " + command + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
