/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.PoolSnapshot;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolMXBean;
import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.Mode;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pool among the MBeans of this JVM, without processes. */
@Timeout(60)
class ManagedPoolTest {
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    @AfterEach
    void unsetTheProperty() {
        System.clearProperty(ManagedPool.PROPERTY);
    }

    private static ProcessPoolExecutor pool(boolean jmx) {
        return ProcessPoolExecutor.create(ProcessPoolOptions.builder()
                .mode(Mode.IN_PROCESS)
                .maxWorkers(2)
                .jmx(jmx)
                .build());
    }

    private Set<ObjectName> registered() throws Exception {
        return server.queryNames(new ObjectName("io.loky:type=ProcessPool,*"), null);
    }

    private static ObjectName nameOf(ProcessPoolExecutor pool) throws Exception {
        String text = pool.toString();
        return new ObjectName("io.loky:type=ProcessPool,name=" + text.substring(0, text.indexOf('[')));
    }

    @Test
    void pool_thatWasToldSo_isRegisteredUntilItHasTerminated() throws Exception {
        ProcessPoolExecutor pool = pool(true);
        ObjectName name = nameOf(pool);

        ProcessPoolMXBean bean = JMX.newMXBeanProxy(server, name, ProcessPoolMXBean.class);
        assertThat(pool.submit(() -> 1).get(60, TimeUnit.SECONDS)).isEqualTo(1);

        assertThat(bean.getName()).isEqualTo(name.getKeyProperty("name"));
        assertThat(bean.getState()).isEqualTo(PoolSnapshot.State.RUNNING);
        assertThat(bean.getMaxWorkers()).isEqualTo(2);
        assertThat(bean.getWorkers()).isEqualTo(1);
        assertThat(bean.getIdleWorkers()).isEqualTo(1);
        assertThat(bean.getBusyWorkers()).isZero();
        assertThat(bean.getQueuedTasks()).isZero();
        assertThat(bean.getRunningTasks()).isZero();
        assertThat(bean.getCompletedTasks()).isEqualTo(1);
        assertThat(bean.getPids()).containsExactly(ProcessHandle.current().pid());
        assertThat(bean.getEndedWorkers()).isEmpty();
        assertThat(bean.dumpState())
                .startsWith(bean.getName() + ": RUNNING at ")
                .contains("worker 1, index 0");
        bean.resize(1);
        assertThat(pool.options().maxWorkers()).isEqualTo(1);
        assertThatThrownBy(() -> bean.resize(0)).hasMessageContaining("maxWorkers must be at least 1, got 0");
        pool.close();
        assertThat(server.isRegistered(name)).isFalse();
    }

    /** Whoever has no classes of this library, as a remote tool, sees types that every JVM knows. */
    @Test
    void attributes_seenWithoutOurClasses_areOpenTypes() throws Exception {
        try (ProcessPoolExecutor pool = pool(true)) {
            ObjectName name = nameOf(pool);

            assertThat(server.getAttribute(name, "State")).isEqualTo("RUNNING");
            assertThat(server.getAttribute(name, "EndedWorkers")).isInstanceOf(TabularData.class);
            assertThat(server.getAttribute(name, "Pids")).isInstanceOf(long[].class);
        }
    }

    @Test
    void pool_thatWasNotToldSo_isNotRegistered() throws Exception {
        Set<ObjectName> before = registered();
        try (ProcessPoolExecutor pool = pool(false)) {
            assertThat(registered()).isEqualTo(before).doesNotContain(nameOf(pool));
        }
    }

    @Test
    void property_true_registersAllPools() throws Exception {
        System.setProperty(ManagedPool.PROPERTY, "true");
        ObjectName name;
        try (ProcessPoolExecutor pool = pool(false)) {
            name = nameOf(pool);
            assertThat(server.isRegistered(name)).isTrue();
        }
        assertThat(server.isRegistered(name)).isFalse();
    }

    @Test
    void property_false_leavesItToTheOption() throws Exception {
        System.setProperty(ManagedPool.PROPERTY, "false");
        try (ProcessPoolExecutor pool = pool(true)) {
            assertThat(server.isRegistered(nameOf(pool))).isTrue();
        }
    }

    @Test
    void property_anythingElse_isRefusedByName() {
        System.setProperty(ManagedPool.PROPERTY, "yes");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool(false))
                .withMessage("the system property io.loky.jmx must be true or false, got \"yes\"");
    }

    /** Another copy of the library has a pool of the same number. */
    @Test
    void pool_whoseNameIsTaken_hasANumberBehindIt() throws Exception {
        ProcessPoolOptions options = ProcessPoolOptions.builder().maxWorkers(1).build();
        Map<String, Supervisor> same = Map.of(
                "first", new Supervisor("taken", options, (number, index, max) -> new FakeWorker(number)),
                "second", new Supervisor("taken", options, (number, index, max) -> new FakeWorker(number)));
        same.values().forEach(supervisor -> ManagedPool.register("taken", supervisor, size -> {}));
        ObjectName taken = new ObjectName("io.loky:type=ProcessPool,name=taken");
        ObjectName other = new ObjectName("io.loky:type=ProcessPool,name=taken-2");

        assertThat(server.isRegistered(taken)).isTrue();
        assertThat(server.isRegistered(other)).isTrue();

        same.values().forEach(Supervisor::shutdownNow);
        assertThat(registered()).doesNotContain(taken, other);
    }

    @Test
    void register_poolThatHasTerminated_leavesNothing() throws Exception {
        ProcessPoolOptions options = ProcessPoolOptions.builder().maxWorkers(1).build();
        Supervisor supervisor = new Supervisor("late", options, (number, index, max) -> new FakeWorker(number));
        supervisor.shutdownNow();
        assertThat(supervisor.isTerminated()).isTrue();

        ManagedPool.register("late", supervisor, size -> {});

        assertThat(server.isRegistered(new ObjectName("io.loky:type=ProcessPool,name=late")))
                .isFalse();
    }
}
