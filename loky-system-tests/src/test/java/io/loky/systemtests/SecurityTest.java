/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The statements of SECURITY.md that can be tested, and are not elsewhere. */
class SecurityTest {
    @RegisterExtension
    final Pools pools = new Pools();

    private static List<String> commandLine(long pid) throws Exception {
        String line = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.UTF_8);
        return List.of(line.split("\0"));
    }

    /** No sandbox: the same user, directory and variables. */
    @Test
    void worker_comparedWithTheParent_isTheSameUserWithTheSameEnvironment() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        assertThat(Await.result(pool.submit(() -> System.getProperty("user.name"))))
                .isEqualTo(System.getProperty("user.name"));
        assertThat(Await.result(pool.submit(() -> Path.of("").toAbsolutePath().toString())))
                .isEqualTo(Path.of("").toAbsolutePath().toString());
        Map<String, String> ofWorker = Await.result(pool.submit(() -> new HashMap<>(System.getenv())));
        List<String> missing = new ArrayList<>(System.getenv().keySet());
        missing.removeAll(ofWorker.keySet());
        assertThat(missing).isEmpty();
    }

    /** What process lists show: flags, but no variable, no data and no secret of the channel. */
    @Test
    void commandLine_ofAWorker_showsItsFlagsAndNoData() throws Exception {
        String variable = "variable-that-nobody-sees";
        String data = "data-that-nobody-sees";
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .jvmArgs(List.of("-Dshown=everybody-sees-it"))
                .environment(Map.of("LOKY_TEST_SECRET", variable))
                .build());

        assertThat(Await.<Object>result(pool.submitWith(text -> text, data))).isEqualTo(data);

        long pid = Pools.pids(pool).iterator().next();
        assertThat(commandLine(pid))
                .contains("-Dshown=everybody-sees-it")
                .noneMatch(argument -> argument.contains(variable) || argument.contains(data));
        // main class, channel, directory, label, heartbeat, index, limits, receipts and size of large data: no place
        // for a token
        assertThat(commandLine(pid).stream().dropWhile(argument -> !argument.endsWith("WorkerMain")))
                .hasSize(9);
        assertThat(pool.options().toString()).contains("LOKY_TEST_SECRET").doesNotContain(variable);
    }

    /** Other users cannot look into the directory of a worker. */
    @Test
    void directory_ofAWorker_isItsUsersAlone() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        long pid = Pools.pids(pool).iterator().next();

        Path directory = commandLine(pid).stream()
                .dropWhile(argument -> !argument.endsWith("WorkerMain"))
                .skip(2)
                .map(Path::of)
                .findFirst()
                .orElseThrow();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
    }

    /** Between two processes, and nobody else: pipes are anonymous. */
    @Test
    void channel_onASystemWithAShell_isAPairOfPipes() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Path descriptors = Path.of("/proc", Pools.pids(pool).iterator().next().toString(), "fd");

        for (String descriptor : List.of("3", "4")) {
            assertThat(Files.readSymbolicLink(descriptors.resolve(descriptor)).toString())
                    .startsWith("pipe:");
        }
    }
}
