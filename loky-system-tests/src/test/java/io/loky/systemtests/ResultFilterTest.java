/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.Loky;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.RemoteTaskException;
import io.loky.ResultSerializationException;
import io.loky.TaskOptions;
import java.io.ObjectInputFilter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the parent lets workers send. */
class ResultFilterTest {
    @RegisterExtension
    final Pools pools = new Pools();

    record Wanted(int number) implements Serializable {}

    /** Would do its harm when it is read. */
    static final class Gadget implements Serializable {
        private static final long serialVersionUID = 1L;
        static volatile boolean sprung;

        private Object readResolve() {
            sprung = true;
            return this;
        }
    }

    static final class GadgetException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final Gadget gadget = new Gadget();

        GadgetException(String message) {
            super(message);
        }
    }

    private static final String LIST =
            Wanted.class.getName() + ";java.lang.Exception;java.lang.Throwable;java.lang.IllegalStateException;"
                    + "java.lang.RuntimeException;java.lang.StackTraceElement;java.util.Collections$EmptyList;"
                    + "java.util.ArrayList;java.lang.Object;!*";

    private ProcessPoolExecutor pool() {
        return pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .resultFilter(ObjectInputFilter.Config.createFilter(LIST))
                .build());
    }

    @Test
    void result_allowed_comesAsEver() throws Exception {
        ProcessPoolExecutor pool = pool();

        assertThat(Await.result(pool.submit(() -> new Wanted(1)))).isEqualTo(new Wanted(1));
        assertThat(Await.result(pool.submit(() -> new ArrayList<>(List.of(new Wanted(2))))))
                .containsExactly(new Wanted(2));
        assertThat(Await.result(pool.submit(() -> "text"))).isEqualTo("text");
        assertThat(Pools.failure(pool.submit(() -> {
                    throw new IllegalStateException("plain");
                })))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("plain");
        // what goes to the worker is none of its business
        Gadget gadget = new Gadget();
        assertThat(Await.result(pool.submit(() -> gadget.getClass().getSimpleName())))
                .isEqualTo("Gadget");
    }

    @Test
    void result_rejected_failsItsFutureNamingTheClass() throws Exception {
        ProcessPoolExecutor pool = pool();
        Pools.assertServes(pool);
        var pids = Pools.pids(pool);
        Gadget.sprung = false;

        for (var future : List.of(
                pool.submit(() -> (Object) new ArrayList<>(List.of(new Wanted(1), new Gadget()))),
                pool.submit(() -> (Object) Loky.wrap(new Gadget())),
                pool.submit(() -> (Object) new Gadget(), TaskOptions.defaults().codec(Loky.ownCodec())))) {
            assertThat(Pools.failure(future))
                    .isExactlyInstanceOf(ResultSerializationException.class)
                    .hasMessageContaining(Gadget.class.getName())
                    .hasMessageContaining("filter");
        }
        assertThat(Gadget.sprung).as("it was not even made").isFalse();
        assertThat(Pools.pids(pool)).isEqualTo(pids);
        Pools.assertServes(pool);
    }

    @Test
    void exception_rejected_isStoodInFor() throws Exception {
        ProcessPoolExecutor pool = pool();
        Gadget.sprung = false;

        Throwable failure = Pools.failure(pool.submit(() -> {
            throw new GadgetException("from the task");
        }));

        assertThat(failure)
                .isExactlyInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("from the task")
                .hasMessageContaining(GadgetException.class.getName());
        assertThat(Gadget.sprung).isFalse();
        Pools.assertServes(pool);
    }

    /** The library says in its own words what went wrong in a worker, whatever the filter allows. */
    @Test
    void failure_ofTheWorkers_comesThrough() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .resultFilter(ObjectInputFilter.Config.createFilter(Wanted.class.getName() + ";!*"))
                .build());

        assertThat(Pools.failure(pool.submit(() -> (Object) Thread.currentThread())))
                .isExactlyInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("java.lang.Thread, which cannot leave this process");
        assertThat(Await.result(pool.submit(() -> new Wanted(1)))).isEqualTo(new Wanted(1));
    }

    /** The filter of the whole JVM is asked with and without one of the pool's. */
    @Test
    void serialFilter_ofTheJvm_isAskedToo() throws Exception {
        try (ChildJvm program = ChildJvm.of(FilteredProgram.class)
                .jvmArgs("-Djdk.serialFilter=!" + Gadget.class.getName())
                .start()) {
            assertThat(program.exitCode()).as("%s", program).isZero();
            assertThat(program.out().lines()).hasSize(3).first().isEqualTo("Wanted[number=7]");
            assertThat(program.out().lines().skip(1))
                    .allSatisfy(line -> assertThat(line).contains(Gadget.class.getName(), "filter"));
        }
    }

    /** Prints what becomes of a result that its JVM's filter lets pass, and of two that it does not. */
    static final class FilteredProgram {
        private FilteredProgram() {}

        public static void main(String[] args) throws Exception {
            ObjectInputFilter ofPool = ObjectInputFilter.Config.createFilter("maxdepth=100");
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1);
                    ProcessPoolExecutor filtered = ProcessPoolExecutor.create(ProcessPoolOptions.builder()
                            .maxWorkers(1)
                            .resultFilter(ofPool)
                            .build())) {
                System.out.println(Await.result(pool.submit(() -> new Wanted(7))));
                System.out.println(
                        Pools.failure(pool.submit(() -> new Gadget())).getMessage());
                System.out.println(
                        Pools.failure(filtered.submit(() -> new Gadget())).getMessage());
            }
        }
    }
}
