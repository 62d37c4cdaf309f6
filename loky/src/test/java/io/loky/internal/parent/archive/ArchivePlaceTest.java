/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs({OS.LINUX, OS.MAC})
class ArchivePlaceTest {
    private static final String HOME = "/home/ada";

    @Test
    void get_nothingSaid_isTheUsersFolderForCaches() {
        assertThat(get(null, Map.of(), "Linux")).isEqualTo(Path.of("/home/ada/.cache/loky"));
        assertThat(get(null, Map.of(), "Mac OS X")).isEqualTo(Path.of("/home/ada/Library/Caches/loky"));
        assertThat(get(null, Map.of("LOCALAPPDATA", "/local"), "Windows 11")).isEqualTo(Path.of("/local/loky"));
    }

    @Test
    void get_xdgCacheHome_isMeantWhereItIsAbsolute() {
        assertThat(get(null, Map.of("XDG_CACHE_HOME", "/fast"), "Linux")).isEqualTo(Path.of("/fast/loky"));
        assertThat(get(null, Map.of("XDG_CACHE_HOME", "fast"), "Linux")).isEqualTo(Path.of("/home/ada/.cache/loky"));
        assertThat(get(null, Map.of("XDG_CACHE_HOME", ""), "Linux")).isEqualTo(Path.of("/home/ada/.cache/loky"));
    }

    @Test
    void get_propertyOrVariable_namesTheFolder_thePropertyFirst() {
        Map<String, String> variable = Map.of(ArchivePlace.VARIABLE, "/var/of");
        assertThat(get(null, variable, "Linux")).isEqualTo(Path.of("/var/of"));
        assertThat(get("/prop/of", variable, "Linux")).isEqualTo(Path.of("/prop/of"));
        assertThat(get("relative", variable, "Linux"))
                .isEqualTo(Path.of("relative").toAbsolutePath());
    }

    @Test
    void get_off_isNone() {
        assertThat(get("off", Map.of(), "Linux")).isNull();
        assertThat(get(null, Map.of(ArchivePlace.VARIABLE, "off"), "Linux")).isNull();
        assertThat(get("off", Map.of(ArchivePlace.VARIABLE, "/var/of"), "Linux"))
                .isNull();
    }

    /** As in a container whose user has no entry. */
    @Test
    void get_noHome_isNone() {
        assertThat(ArchivePlace.get(null, name -> null, "Linux", "?")).isNull();
        assertThat(ArchivePlace.get(null, name -> null, "Linux", "")).isNull();
        assertThat(ArchivePlace.get(null, name -> null, "Windows 11", HOME)).isNull();
    }

    @Test
    void pass_propertyIsSet_handsItToPoolsInsideOfTasks() {
        assertThat(passed("off")).containsOnly(Map.entry(ArchivePlace.VARIABLE, "off"));
    }

    /** A worker may be in another directory. */
    @Test
    void pass_relativeFolder_isMadeAbsolute() {
        assertThat(passed("some"))
                .containsOnly(Map.entry(
                        ArchivePlace.VARIABLE, Path.of("some").toAbsolutePath().toString()));
    }

    @Test
    void pass_noFolder_isOff() {
        assertThat(passed("no\0path")).containsOnly(Map.entry(ArchivePlace.VARIABLE, "off"));
    }

    private static Map<String, String> passed(String property) {
        Map<String, String> environment = new HashMap<>();
        String before = System.getProperty(ArchivePlace.PROPERTY);
        System.setProperty(ArchivePlace.PROPERTY, property);
        try {
            ArchivePlace.pass(environment);
        } finally {
            if (before == null) {
                System.clearProperty(ArchivePlace.PROPERTY);
            } else {
                System.setProperty(ArchivePlace.PROPERTY, before);
            }
        }
        return environment;
    }

    private static Path get(String property, Map<String, String> variables, String os) {
        return ArchivePlace.get(property, variables::get, os, HOME);
    }
}
