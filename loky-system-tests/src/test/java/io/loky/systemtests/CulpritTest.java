/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.Loky;
import io.loky.ProcessPoolExecutor;
import io.loky.ResultSerializationException;
import io.loky.TaskOptions;
import io.loky.TaskSerializationException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A message about what cannot travel names it, and the way to it from what the user wrote. */
class CulpritTest {
    @RegisterExtension
    static final Pools POOLS = new Pools();

    @SuppressWarnings("NullAway.Init") // before all tests
    private static ProcessPoolExecutor pool;

    @BeforeAll
    static void warmUp() throws Exception {
        pool = POOLS.warm(1);
    }

    private static final class Client {
        private final Connection connection;

        Client(Connection connection) {
            this.connection = connection;
        }

        String name() {
            return connection.toString();
        }
    }

    private record Connection(Object guard) {}

    /** The place of the next line, as a stack trace has it. */
    private static String nextLine() {
        StackTraceElement caller = new Throwable().getStackTrace()[1];
        return caller.getFileName() + ":" + (caller.getLineNumber() + 1);
    }

    @Test
    void task_thatCannotTravel_isFollowedFromTheLambda() throws Exception {
        Client client = new Client(new Connection(new Thread()));
        String place = nextLine();
        Throwable failure = Pools.failure(pool.submit(() -> client.name(), TaskOptions.named("greeting")));

        assertThat(failure).isExactlyInstanceOf(TaskSerializationException.class);
        String[] lines = String.valueOf(failure.getMessage()).split("\n", -1);
        assertThat(lines).hasSize(2);
        assertThat(lines[0])
                .startsWith("task #")
                .contains(
                        "'greeting' cannot be sent to a worker process: it holds a java.lang.Thread, which cannot leave"
                                + " this process: threads stay where they are; let the task create it itself");
        assertThat(lines[1])
                .isEqualTo("  the lambda at " + place + " -> captured variable 'client'.connection.guard is a"
                        + " java.lang.Thread, which cannot leave this process: threads stay where they are");
    }

    @Test
    void argument_thatCannotTravel_isFollowedFromIt() throws Exception {
        Map<String, List<Object>> settings = new HashMap<>(Map.of("sinks", new ArrayList<>(List.of(1, new Thread()))));

        assertThat(Pools.failure(pool.submitWith(map -> map.size(), settings)))
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasMessageContaining(
                        "\n  the argument[sinks][1] is a java.lang.Thread, which cannot leave this process");
    }

    @Test
    void result_thatCannotTravel_isFollowedInTheWorker() throws Exception {
        Throwable failure =
                Pools.failure(pool.submit(() -> List.of("fine", new Client(new Connection(Thread.currentThread())))));

        assertThat(failure)
                .isExactlyInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("it holds a java.lang.Thread, which cannot leave this process")
                .hasMessageContaining("return only the values that are needed")
                .hasMessageContaining("\n  the result[1].connection.guard is a java.lang.Thread, which cannot leave");
        Pools.assertServes(pool);
    }

    /** To look for the culprit must not become a failure of its own: the worker would be lost. */
    @Test
    void culpritFarDown_isNamedAndTheWorkerLives() throws Exception {
        var pids = Pools.pids(pool);

        Throwable ofResult = Pools.failure(pool.submit(() -> deep(20_000)));
        Object argument = deep(20_000);
        Throwable ofTask = Pools.failure(pool.submit(() -> argument.hashCode()));

        assertThat(ofResult)
                .isExactlyInstanceOf(ResultSerializationException.class)
                .hasMessageContaining(" steps) ...");
        assertThat(ofTask).isExactlyInstanceOf(TaskSerializationException.class).hasMessageContaining(" steps) ...");
        assertThat(Pools.pids(pool)).isEqualTo(pids);
    }

    private static Object deep(int steps) {
        Object value = new Thread();
        for (int i = 0; i < steps; i++) {
            value = new Connection(value);
        }
        return value;
    }

    @Test
    void culpritBehindACodecOrAHandle_isFollowed() throws Exception {
        Client client = new Client(new Connection(new Thread()));

        assertThat(Pools.failure(pool.submit(
                        () -> new Client(new Connection(Thread.currentThread())),
                        TaskOptions.defaults().codec(Loky.ownCodec()))))
                .hasMessageContaining("\n  the result.connection.guard is a java.lang.Thread");
        assertThat(Pools.failure(pool.submitWith(w -> w.get().name(), Loky.wrap(client))))
                .hasMessageContaining("\n  the argument.get().connection.guard is a java.lang.Thread");
    }

    /** Many culprits of one kind: five ways are enough, the shortest first. */
    @Test
    void manyThatCannotTravel_areNamedUpToFive() throws Exception {
        List<Object> threads = new ArrayList<>();
        threads.add(List.of(new Thread()));
        for (int i = 0; i < 20; i++) {
            threads.add(new Thread());
        }

        String message = String.valueOf(
                Pools.failure(pool.submitWith(list -> list.size(), threads)).getMessage());

        assertThat(message.lines().filter(line -> line.startsWith("  the argument[")))
                .hasSize(5)
                .first()
                .asString()
                .startsWith("  the argument[1] is a ");
    }
}
