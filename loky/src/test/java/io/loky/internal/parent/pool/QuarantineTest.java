/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.internal.parent.crash.Death;
import org.junit.jupiter.api.Test;

class QuarantineTest {
    private static final Death DEATH = new Death(PoolStateScript.end(1, 137), EndReason.CRASHED);

    private final Quarantine quarantine = new Quarantine(new CrashLimits(2, CrashLimits.ANY_NUMBER, 1));

    private boolean crash(String name) {
        return quarantine.crashed(name, 7, DEATH);
    }

    @Test
    void crashed_asOftenAsItMayInARow_isDetainedOnce() {
        assertThat(crash("a")).isFalse();
        assertThat(crash("b")).isFalse();
        assertThat(crash("a")).isTrue();
        assertThat(crash("a")).as("already").isFalse();

        assertThat(quarantine.failure("a")).isEqualTo(new Failure.Quarantined("a", 2, 7, DEATH));
        assertThat(quarantine.failure("b")).isNull();
        assertThat(quarantine.failure(null)).isNull();
    }

    @Test
    void survived_afterACrash_countsFromZero() {
        crash("a");
        quarantine.survived("a");

        assertThat(crash("a")).isFalse();
        assertThat(crash("a")).isTrue();
    }

    @Test
    void survived_inQuarantine_staysThere() {
        crash("a");
        crash("a");

        quarantine.survived("a");

        assertThat(quarantine.failure("a")).isNotNull();
    }

    @Test
    void release_detained_countsFromZero() {
        crash("a");
        crash("a");

        assertThat(quarantine.release("a")).isTrue();
        assertThat(quarantine.release("a")).isFalse();

        assertThat(crash("a")).isFalse();
    }

    /** A program may give each task a name of its own. */
    @Test
    void crashed_moreNamesThanAreRemembered_forgetsTheOldest() {
        for (int i = 0; i <= Quarantine.MOST_NAMES; i++) {
            crash("suspect " + i);
        }
        assertThat(crash("suspect 1")).as("remembered").isTrue();
        assertThat(crash("suspect 0")).as("forgotten").isFalse();

        for (int i = 0; i < Quarantine.MOST_NAMES; i++) {
            crash("bad " + i);
            crash("bad " + i);
        }
        assertThat(quarantine.detained()).hasSize(Quarantine.MOST_NAMES).containsKey("bad 0");
        assertThat(quarantine.failure("suspect 1")).as("forgotten").isNull();
    }

    @Test
    void crashed_noQuarantineAsked_isNeverDetained() {
        Quarantine none = new Quarantine(CrashLimits.NONE);
        for (int i = 0; i < 1_000; i++) {
            assertThat(none.crashed("a", 7, DEATH)).isFalse();
        }
        assertThat(none.detained()).isEmpty();
    }
}
