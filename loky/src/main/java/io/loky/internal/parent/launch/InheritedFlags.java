/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The flags of the parent JVM that decide which code can run at all: opened and exported packages, patched modules,
 * preview features, native access, assertions. Tuning (heap, collector, agents, debugging) on the command line is
 * not handed down; flags in environment variables such as {@code JAVA_TOOL_OPTIONS} reach the worker as they reached the
 * parent. Where workers run on another Java, what that does not know is left out.
 */
final class InheritedFlags {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    private static final List<String> PREFIXES = List.of(
            "--add-opens=",
            "--add-exports=",
            "--add-reads=",
            "--patch-module=",
            "--enable-native-access=",
            "--illegal-native-access=",
            "--sun-misc-unsafe-memory-access=",
            "--enable-preview",
            "-ea",
            "-da",
            "-esa",
            "-dsa",
            "-enableassertions",
            "-disableassertions",
            "-enablesystemassertions",
            "-disablesystemassertions");

    private static final String ADD_MODULES = "--add-modules=";

    private InheritedFlags() {}

    /** In the order of the parent's command line. */
    static List<String> of(TargetJava java) {
        return select(Cached.FLAGS, java);
    }

    /** All of them, handed down or not. */
    static List<String> ofThisJvm() {
        return Cached.FLAGS;
    }

    static List<String> select(List<String> parentFlags, TargetJava java) {
        List<String> selected = new ArrayList<>();
        for (String flag : parentFlags) {
            if (PREFIXES.stream().anyMatch(flag::startsWith)) {
                if (java.knows(flag)) {
                    selected.add(flag);
                }
            } else if (flag.startsWith(ADD_MODULES)) {
                String ofTheJdk = Arrays.stream(
                                flag.substring(ADD_MODULES.length()).split(","))
                        .filter(module -> isIn(java, module))
                        .collect(Collectors.joining(","));
                if (!ofTheJdk.isEmpty()) {
                    selected.add(ADD_MODULES + ofTheJdk);
                }
            }
        }
        return selected;
    }

    /** A worker has no module path, and a JVM that is told to add a module which it does not find does not start. */
    private static boolean isIn(TargetJava java, String module) {
        return module.equals("ALL-SYSTEM") || java.modules().contains(module);
    }

    /** They cannot change, and the first look costs some milliseconds. */
    private static final class Cached {
        static final List<String> FLAGS = read();

        private static List<String> read() {
            try {
                return List.copyOf(ManagementFactory.getRuntimeMXBean().getInputArguments());
            } catch (LinkageError e) {
                LOG.log(
                        Level.WARNING,
                        "this Java has no module java.management, so that its own flags are not known, and workers do not get"
                                + " --add-opens and the like; set them with ProcessPoolOptions.jvmArgs if tasks need them");
                return List.of();
            }
        }
    }
}
