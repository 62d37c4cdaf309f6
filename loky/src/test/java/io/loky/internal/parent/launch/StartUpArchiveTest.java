/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolOptions;
import io.loky.internal.parent.archive.ArchivePlace;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs no jar of the library; the rest is among the system tests. */
class StartUpArchiveTest {
    private static final Share SHARE = new Share(1, 1);

    @TempDir
    private Path cache;

    @BeforeEach
    void setCache() {
        System.setProperty(ArchivePlace.PROPERTY, cache.toString());
    }

    @AfterEach
    void clearCache() {
        System.clearProperty(ArchivePlace.PROPERTY);
    }

    /** No JVM archives classes of a folder, so no process is started to find that out. */
    @Test
    void of_libraryIsAFolderOfClasses_isNone() {
        ProcessPoolOptions options = ProcessPoolOptions.builder().build();

        assertThat(StartUpArchive.of(options, SHARE, TargetJava.of(options))).isEqualTo(StartUpArchive.NONE);
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void of_cacheIsNoPath_isNone() {
        ProcessPoolOptions options = ProcessPoolOptions.builder().build();
        System.setProperty(ArchivePlace.PROPERTY, "no\0path");

        assertThat(StartUpArchive.of(options, SHARE, TargetJava.of(options))).isEqualTo(StartUpArchive.NONE);
    }

    @Test
    void largestHeap_saidOrShared_isKnown() {
        assertThat(SHARE.largestHeap(ProcessPoolOptions.builder().maxHeap("40g").build()))
                .hasValue(40.0 * (1L << 30));
        assertThat(SHARE.largestHeap(ProcessPoolOptions.builder()
                                .workerMemoryLimit(1L << 30)
                                .build())
                        .orElse(0))
                .isLessThanOrEqualTo(1L << 30);
    }
}
