/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolOptions;
import io.loky.internal.parent.archive.ArchiveShelf;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Up to the pause before anything is made; what comes then is among the system tests. */
class ArchiveWorkshopTest {
    @TempDir
    private Path temporary;

    private final ArchiveWorkshop workshop = new ArchiveWorkshop();
    private Path cache;
    private StartUpArchive none;

    @BeforeEach
    void wantOne() {
        cache = temporary.resolve("cache");
        none = new StartUpArchive(
                List.of(),
                new StartUpArchive.Wanted(
                        new ArchiveShelf(cache),
                        "0123456789abcdef",
                        TargetJava.of(ProcessPoolOptions.builder().build()),
                        temporary.resolve("loky.jar"),
                        List.of(),
                        List.of()));
    }

    @Test
    void leave_lastWorker_endsWhatIsBeingMade() {
        ArchiveWorkshop.Stay one = workshop.stay();
        ArchiveWorkshop.Stay two = workshop.stay();
        one.enter();
        one.serves(none);
        two.enter();
        two.serves(none);
        assertThat(workshop.isMaking()).isTrue();

        one.leave();
        one.leave();
        assertThat(workshop.isMaking()).isTrue();

        two.leave();
        assertThat(workshop.isMaking()).isFalse();
        assertThat(cache).doesNotExist();
    }

    /** As where it was given up before its thread came to start it: nobody would have that end. */
    @Test
    void enter_afterItHasLeft_isNotThere() {
        ArchiveWorkshop.Stay late = workshop.stay();
        late.leave();
        late.enter();
        late.serves(none);

        assertThat(workshop.isMaking()).isFalse();
    }

    @Test
    void serves_fromAnArchive_makesNone() {
        ArchiveWorkshop.Stay stay = workshop.stay();
        stay.enter();
        stay.serves(StartUpArchive.NONE);

        assertThat(workshop.isMaking()).isFalse();
        stay.leave();
    }
}
