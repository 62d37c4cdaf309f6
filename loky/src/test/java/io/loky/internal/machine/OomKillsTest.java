/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The counters of control groups of both versions, in a folder that stands for {@code /proc} and {@code /sys}. */
class OomKillsTest {
    @TempDir
    Path root;

    private Path write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    private OomKills kills() {
        return OomKills.in(root.resolve("self"), root.resolve("worker"), root.resolve("vmstat"))
                .orElseThrow();
    }

    private void version2(String group) throws IOException {
        write("self/mountinfo", "41 31 0:38 / " + root.resolve("sys") + " rw - cgroup2 cgroup2 rw\n");
        write("self/cgroup", "0::/own\n");
        write("worker/cgroup", "0::" + group + "\n");
    }

    @Test
    void before_version2_isThatOfTheWorkersGroup() throws IOException {
        version2("/w");
        write("sys/own/memory.events", "low 0\noom 1\noom_kill 9\n");
        Path events = write("sys/w/memory.events", "low 0\nhigh 0\nmax 3\noom 1\noom_kill 2\noom_group_kill 0\n");

        OomKills kills = kills();

        assertThat(kills.file()).isEqualTo(events);
        assertThat(kills.before()).isEqualTo(2);
    }

    /** What the groups below count is not about this worker. */
    @Test
    void before_version2WithLocalEvents_isWithoutTheGroupsBelow() throws IOException {
        version2("/w");
        write("sys/w/memory.events", "oom_kill 7\n");
        Path local = write("sys/w/memory.events.local", "oom_kill 1\n");

        assertThat(kills()).isEqualTo(new OomKills(local, 1));
    }

    @Test
    void before_version1_isThatOfTheMemoryController() throws IOException {
        write(
                "self/mountinfo",
                "35 31 0:32 / " + root.resolve("memory") + " rw - cgroup cgroup rw,memory\n" + "41 31 0:38 / "
                        + root.resolve("unified") + " rw - cgroup2 cgroup2 rw\n");
        write("worker/cgroup", "4:memory:/w\n1:cpu:/\n0::/\n");
        Path control = write("memory/w/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n");

        assertThat(kills()).isEqualTo(new OomKills(control, 5));
    }

    @Test
    void before_noGroupThatCounts_isThatOfTheMachine() throws IOException {
        version2("/w");
        Path vmstat = write("vmstat", "nr_free_pages 1\noom_kill 3\n");

        assertThat(kills()).isEqualTo(new OomKills(vmstat, 3));
    }

    @Test
    void in_nothingThatCounts_isEmpty() throws IOException {
        version2("/w");
        write("vmstat", "nr_free_pages 1\n");

        assertThat(OomKills.in(root.resolve("self"), root.resolve("worker"), root.resolve("vmstat")))
                .isEmpty();
    }

    @Test
    void now_groupThatIsGone_isEmpty() throws IOException {
        version2("/w");
        Path events = write("sys/w/memory.events", "oom_kill 0\n");
        OomKills kills = kills();
        Files.delete(events);

        assertThat(kills.now()).isEmpty();
    }

    /** Two workers die, the kernel has killed one: it explains one death. A third one starts later. */
    @Test
    void explain_severalWorkersInOneGroup_eachKillExplainsOneDeath() throws IOException {
        version2("/w");
        Path events = write("sys/w/memory.events", "oom_kill 4\n");
        OomKills first = kills();
        OomKills second = kills();
        assertThat(first.explain(first.now().orElseThrow())).isFalse();
        Files.writeString(events, "oom_kill 5\n");
        OomKills third = kills();

        assertThat(first.explain(first.now().orElseThrow())).isTrue();
        assertThat(second.explain(second.now().orElseThrow())).isFalse();
        assertThat(third.explain(third.now().orElseThrow())).isFalse();
        Files.writeString(events, "oom_kill 7\n");
        assertThat(second.explain(second.now().orElseThrow())).isTrue();
        assertThat(third.explain(third.now().orElseThrow())).isTrue();
    }
}
