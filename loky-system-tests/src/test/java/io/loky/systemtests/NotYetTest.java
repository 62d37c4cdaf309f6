/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.MapOptions;
import org.junit.jupiter.api.Test;

/** What this version does not have is refused by name, never ignored. A test that fails here has to move elsewhere. */
class NotYetTest {
    /** The method says which option it is. */
    @Test
    void mapOption_notAvailable_isRefusedByName() {
        MapOptions options = MapOptions.defaults();

        assertRefused("progress", () -> options.progress((done, total) -> {}));
    }

    private static void assertRefused(String name, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining(name);
    }
}
