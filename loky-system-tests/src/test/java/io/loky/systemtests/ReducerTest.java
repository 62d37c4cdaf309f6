/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.Loky;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.ResultSerializationException;
import io.loky.TaskSerializationException;
import io.loky.Wrapped;
import io.loky.spi.Reducer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Objects that travel as a recipe, and values in a wrapping, between real processes. */
@SuppressWarnings("serial") // the lambdas get at what is not public: it is all in here
class ReducerTest {
    @RegisterExtension
    final Pools pools = new Pools();

    /** Stands for a connection: bound to its process, made again elsewhere from its address. */
    static final class Connection {
        final String address;
        final long pid = ProcessHandle.current().pid();
        final Thread reader = Thread.currentThread();

        Connection(String address) {
            this.address = address;
        }
    }

    private static final Reducer<Connection> RECONNECT = connection -> {
        String address = connection.address;
        return () -> new Connection(address);
    };

    private ProcessPoolExecutor pool() {
        return pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .reducer(Connection.class, RECONNECT)
                .build());
    }

    /** Captured, as an argument, as a result and in an exception. */
    @Test
    void object_withAReducer_isMadeAgainOnTheOtherSide() throws Exception {
        ProcessPoolExecutor pool = pool();
        Connection connection = new Connection("db:1");
        long parent = ProcessHandle.current().pid();

        assertThat(Await.result(pool.submit(() -> connection.address + (connection.pid == parent))))
                .isEqualTo("db:1false");
        assertThat(Await.<Object>result(pool.submitWith(c -> c.address, connection)))
                .isEqualTo("db:1");
        Connection back = Await.result(pool.submit(() -> new Connection("db:2")));
        assertThat(back.address).isEqualTo("db:2");
        assertThat(back.pid).isEqualTo(parent);
        Throwable failure = Pools.failure(pool.submit(() -> {
            throw new LostException(new Connection("db:3"));
        }));
        assertThat(failure).isExactlyInstanceOf(LostException.class);
        assertThat(((LostException) failure).connection.address).isEqualTo("db:3");
    }

    static final class LostException extends Exception {
        private static final long serialVersionUID = 1L;
        final Connection connection;

        LostException(Connection connection) {
            this.connection = connection;
        }
    }

    /** One object in function and argument stays one. */
    @Test
    void object_metTwice_staysOne() throws Exception {
        Connection connection = new Connection("db");
        List<Connection> list = new ArrayList<>(List.of(connection, connection));

        assertThat(Await.<Object>result(pool().submitWith(c -> c == list.get(0) && c == list.get(1), connection)))
                .isEqualTo(true);
    }

    /** What goes wrong fails that task, and no other. */
    @Test
    void recipe_thatFails_failsTheFutureAndCostsNoWorker() throws Exception {
        Reducer<Connection> broken = connection -> {
            String address = connection.address;
            return () -> {
                throw new IllegalStateException("no route to " + address);
            };
        };
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .reducer(Connection.class, broken)
                .build());
        Pools.assertServes(pool);
        var pids = Pools.pids(pool);

        assertThat(Pools.failure(pool.submitWith(c -> c.address, new Connection("there"))))
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("no route to there");
        assertThat(Pools.failure(pool.submit(() -> new Connection("back"))))
                .isExactlyInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("no route to back");
        assertThat(Pools.pids(pool)).isEqualTo(pids);
        Pools.assertServes(pool);
    }

    /** A handle gives its value in the worker, and back; also where a foreign stream is in between. */
    @Test
    void wrappedValue_acrossProcesses_isGivenByItsHandle() throws Exception {
        ProcessPoolExecutor pool = pool();
        Wrapped<Connection> handle = Loky.wrap(new Connection("db"));

        assertThat(Await.<Object>result(pool.submit(() -> handle.get().address)))
                .as("with the pool's reducer")
                .isEqualTo("db");
        Wrapped<List<String>> back = Await.result(pool.submit(() -> Loky.wrap(List.of("a", "b"))));
        assertThat(back.get()).containsExactly("a", "b");
        byte[] foreign = Await.result(pool.submit(() -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            new ObjectOutputStream(bytes).writeObject(Loky.wrap(List.of("c")));
            return bytes.toByteArray();
        }));
        Object read = new ObjectInputStream(new ByteArrayInputStream(foreign)).readObject();
        assertThat(((Wrapped<?>) read).get()).isEqualTo(List.of("c"));
    }
}
