/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolOptions;
import io.loky.internal.capsule.ClassPathEntry;
import io.loky.internal.capsule.WorkerSetup;
import io.loky.internal.directory.WorkerDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchPlanTest {
    @TempDir
    private Path folder;

    private final Share share = new Share(2, 2);

    @Test
    void setup_nobodyWantsCapsules_isNone() {
        LaunchPlan plan = new LaunchPlan(ProcessPoolOptions.builder().build(), "x", null, null);

        assertThat(plan.setup(WorkerDirectory.choose(), 0, share, "17")).isNull();
    }

    /** All that another JVM has to be told to be like it, with its index put in; and nothing of the parent's environment. */
    @Test
    void setup_withOptions_isWhatTheWorkerIsStartedWith() {
        WorkerDirectory directory = WorkerDirectory.choose();
        ProcessPoolOptions options = ProcessPoolOptions.builder()
                .maxWorkers(2)
                .crashCapsules(folder)
                .maxHeap("64m")
                .jvmArgs(List.of("-Dn=${worker.index}"))
                .environment(Map.of("DEVICE", "${worker.index}"))
                .commandPrefix(List.of("taskset", "-c", "${worker.index}"))
                .workingDirectory(folder)
                .build();

        WorkerSetup setup = new LaunchPlan(options, "x", null, null).setup(directory, 3, share, "17.0.1");

        assertThat(setup.index()).isEqualTo(3);
        assertThat(setup.javaHome()).isEqualTo(System.getProperty("java.home"));
        assertThat(setup.javaVersion()).isEqualTo("17.0.1");
        assertThat(setup.prefix()).containsExactly("taskset", "-c", "3");
        assertThat(setup.flags()).contains("-Xmx64m").endsWith("-Dn=3").noneMatch(flag -> flag.contains("ErrorFile"));
        assertThat(setup.environment())
                .containsOnlyKeys("DEVICE", CpuBudget.BUDGET)
                .containsEntry("DEVICE", "3");
        assertThat(setup.directory()).isEqualTo(folder.toAbsolutePath().toString());
        assertThat(setup.initializer()).isNull();
        try (var scope = new ClassPathProperty("/opt/a.jar", "/opt/b")) {
            assertThat(new LaunchPlan(options, "x", null, null)
                            .setup(directory, 0, share, "17")
                            .classPath())
                    .extracting(ClassPathEntry::path)
                    .containsExactly("/opt/a.jar", "/opt/b");
        }
    }
}
