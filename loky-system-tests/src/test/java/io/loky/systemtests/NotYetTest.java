/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.MapOptions;
import io.loky.ProcessPoolExecutor;
import io.loky.TaskFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What this version does not have is refused by name, never ignored. A test that fails here has to move elsewhere. */
class NotYetTest {
    @RegisterExtension
    static final Pools POOLS = new Pools();

    /** The method says which option it is. */
    @Test
    void mapOption_notAvailable_isRefusedByName() {
        MapOptions options = MapOptions.defaults();

        assertRefused("progress", () -> options.progress((done, total) -> {}));
    }

    /** The method says which it is, and the pool is none the worse for it. */
    @Test
    void poolMethod_notAvailable_isRefusedByName() throws Exception {
        ProcessPoolExecutor pool = POOLS.create(1);
        TaskFuture<Integer> future = pool.submit(() -> 1);

        assertRefused("broadcast", () -> pool.broadcast("x"));
        assertThat(Await.result(future)).isEqualTo(1);
    }

    private static void assertRefused(String name, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining(name);
    }
}
