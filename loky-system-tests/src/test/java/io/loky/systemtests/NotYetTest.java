/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.loky.MapOptions;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What this version does not have is refused by name, never ignored. A test that fails here has to move elsewhere. */
class NotYetTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @RegisterExtension
    static final Pools POOLS = new Pools();

    static Stream<Arguments> options() {
        return Stream.of(
                option("cancelGrace", builder -> builder.cancelGrace(SECOND)),
                option("retriesOnCrash", builder -> builder.retriesOnCrash(1)));
    }

    private static Arguments option(String name, Consumer<ProcessPoolOptions.Builder> setter) {
        return arguments(name, setter);
    }

    /** The setter says which option it is. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("options")
    void poolOption_notAvailable_isRefusedByName(String name, Consumer<ProcessPoolOptions.Builder> setter) {
        assertThatThrownBy(() -> setter.accept(ProcessPoolOptions.builder()))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining(name);
    }

    /** The method says which option it is. */
    @Test
    void taskOption_notAvailable_isRefusedByName() {
        TaskOptions options = TaskOptions.named("x");

        assertRefused("retriesOnCrash", () -> options.retriesOnCrash(1));
    }

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
        assertRefused("receipt", future::receipt);
        assertThat(Await.result(future)).isEqualTo(1);
    }

    private static void assertRefused(String name, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining(name);
    }
}
