/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.ProcessPoolOptions;
import io.loky.internal.codec.jdk.JdkInternals;
import io.loky.internal.directory.SharedFile;
import io.loky.internal.directory.WorkerDirectory;
import io.loky.internal.parent.crash.CrashLog;
import io.loky.internal.wire.WorkerArguments;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The command line of a worker JVM. */
final class JavaCommand {
    static final String MAIN = "io.loky.internal.worker.WorkerMain";

    /** What the JVM has to say goes to standard error; standard output belongs to the user's code. */
    static final List<String> QUIET = List.of("-Xlog:disable", "-Xlog:all=error:stderr");

    /** Linux takes at most 128 KiB in one argument (MAX_ARG_STRLEN), Windows 32 Ki characters in all. */
    private static final int LONG_CLASS_PATH = 24 * 1024;

    private JavaCommand() {}

    /**
     * @param share what the worker gets of the machine
     * @param archive the flags for its {@link StartUpArchive}
     * @param program what the program has on its class path
     */
    static List<String> of(
            ProcessPoolOptions options,
            Share share,
            TargetJava java,
            WorkerArguments arguments,
            WorkerDirectory directory,
            List<String> archive,
            List<String> program)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java.launcher());
        List<String> rest = flags(options, share, java, arguments.index(), directory, archive);
        String classPath = WorkerClassPath.get(directory, program);
        rest.add("-cp");
        rest.add(classPath);
        rest.add(MAIN);
        rest.addAll(arguments.toList());
        if (classPath.length() > LONG_CLASS_PATH) {
            directory.make();
            Files.write(
                    directory.argumentFile(),
                    rest.stream().map(JavaCommand::quoted).toList());
            command.add("@" + directory.argumentFile());
        } else {
            command.addAll(rest);
        }
        return command;
    }

    /** Those of the library, of the parent and of the user; of a flag that is there twice the last one counts. */
    static List<String> flags(
            ProcessPoolOptions options,
            Share share,
            TargetJava java,
            int index,
            WorkerDirectory directory,
            List<String> archive) {
        List<String> flags = new ArrayList<>(ownFlags(options, share, java, directory));
        flags.addAll(archive);
        flags.addAll(InheritedFlags.of(java));
        flags.addAll(WorkerIndex.in(options.jvmArgs(), index));
        return flags;
    }

    /** The flags that every worker gets, known to its Java; the user's come later on the line and win. */
    private static List<String> ownFlags(
            ProcessPoolOptions options, Share share, TargetJava java, WorkerDirectory directory) {
        List<String> flags = new ArrayList<>(share.flags(options, java));
        // Without these a task in a counted loop delays the end of an orphan by more than a second.
        flags.add("-XX:+UseCountedLoopSafepoints");
        flags.add("-XX:LoopStripMiningIter=1000");
        // The file of performance data costs an idle worker most of its wake-ups.
        flags.add("-XX:-UsePerfData");
        flags.addAll(QUIET);
        flags.add("-XX:ErrorFile=" + CrashLog.file(directory.path()));
        // Where cores are allowed a crash would take seconds, and leave gigabytes in the working directory. The log
        // says enough.
        flags.add("-XX:-CreateCoredumpOnCrash");
        flags.addAll(internals(System.getProperty(JdkInternals.PROPERTY)));
        String sharedMemory = System.getProperty(SharedFile.PROPERTY);
        if (sharedMemory != null) { // they look there for what this JVM leaves, if it is killed
            flags.add("-D" + SharedFile.PROPERTY + "=" + sharedMemory);
        }
        return flags;
    }

    /**
     * A worker looks into its JVM in the way that the parent may. Where that is by open packages alone, the parent may have
     * them from an agent or a manifest, which a worker has not, so it gets the flag. Otherwise it does without: a
     * worker with that flag cannot use the JDK's archive of modules, and starts later.
     */
    static List<String> internals(@Nullable String setting) {
        if (setting == null) {
            return List.of();
        }
        List<String> flags = new ArrayList<>();
        flags.add("-D" + JdkInternals.PROPERTY + "=" + setting);
        if (setting.equals("opens")) {
            flags.add("--add-opens=java.base/java.lang.invoke=ALL-UNNAMED"); // the library is on its class path
        }
        return flags;
    }

    /** As the java launcher reads it from an argument file. */
    private static String quoted(String argument) {
        return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** Whether this system has what {@link PipeChannel} needs. */
    static boolean hasShell() {
        return new File("/bin/sh").canExecute() && new File("/dev/fd").isDirectory();
    }
}
